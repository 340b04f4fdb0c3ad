"""Kubeflow Pipelines and its database."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Key, Section, shape

# https://cloud.google.com/sql/docs/mysql/instance-settings#machine-type-2ndgen
DatabaseTier = Annotated[
    str,
    shape(
        r"^db-(custom-[0-9]+-[0-9]+|perf-optimized-N-[0-9]+|f1-micro|g1-small)$",
        "a machine type of Cloud SQL",
        "db-custom-2-7680",
    ),
]


class Database(Section):
    """A MySQL instance of Cloud SQL."""

    tier: DatabaseTier
    disk_gb: Annotated[int, Field(ge=10, le=65536)] = 20
    regional: bool = Field(default=False, description="add a standby in another zone that takes over automatically")
    retained_backups: Annotated[int, Field(ge=1, le=365)] = 7
    deletion_protection: bool = Field(default=True, description="refuse to delete or replace the instance")


class Pipelines(Section):
    """Kubeflow Pipelines: its cluster, artifact bucket and database."""

    cluster: Key
    bucket: Key = Field(description="bucket for the artifacts of runs")
    teams: Annotated[list[Key], Distinct()] = Field(
        default_factory=list, description="teams whose pods may call its API; each of them sees the runs of all"
    )
    database: Database
