"""Shared permanent files."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Choice, Key, Section, shape
from stacks.settings.model.data_classes import DataClass

Location = Annotated[
    str, shape(r"^[a-z]+-[a-z]+[0-9]{1,2}(-[a-z])?$", "a Google Cloud region or zone", "europe-west4-a")
]


class Tier(StrEnum):
    """Filestore's tiers; the former ones are left out."""

    BASIC_HDD = "BASIC_HDD"
    BASIC_SSD = "BASIC_SSD"
    ZONAL = "ZONAL"
    REGIONAL = "REGIONAL"


class Protocol(StrEnum):
    """How clients speak to a share."""

    NFS_V3 = "NFS_V3"
    NFS_V4_1 = "NFS_V4_1"


class FileShare(Section):
    """One share that many pods write at once. Whoever mounts it sees all of it: it knows no accounts, only nodes."""

    team: Key = Field(description="the team that owns the files and pays for them")
    data_class: Annotated[DataClass, Choice] = Field(description="what kind of data lies here")
    tier: Annotated[Tier, Choice]
    location: Location = Field(description="a zone, or a region where the tier is regional")
    capacity_gib: int = Field(description="size, which is paid for whether it is used or not")
    protocol: Annotated[Protocol, Choice] = Protocol.NFS_V3
    teams: Annotated[list[Key], Field(min_length=1), Distinct()] = Field(
        description="teams that have it mounted in each of their namespaces"
    )
    deletion_protection: bool = Field(default=True, description="refuse to delete or replace the share")

    @property
    def region(self) -> str:
        """The region, also of a share that lies in one zone of it."""
        return "-".join(self.location.split("-")[:2])
