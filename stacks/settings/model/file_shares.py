"""Shared files on Filestore."""

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
    """Filestore's tiers, without the deprecated ones."""

    BASIC_HDD = "BASIC_HDD"
    BASIC_SSD = "BASIC_SSD"
    ZONAL = "ZONAL"
    REGIONAL = "REGIONAL"


class Protocol(StrEnum):
    """The protocol of a share."""

    NFS_V3 = "NFS_V3"
    NFS_V4_1 = "NFS_V4_1"


class FileShare(Section):
    """One share that many pods can write. Every client sees all files: access is by node, not by account."""

    team: Key = Field(description="the team that owns the files and is charged for them")
    data_class: Annotated[DataClass, Choice] = Field(description="the class of the data")
    tier: Annotated[Tier, Choice]
    location: Location = Field(description="a zone, or a region for a regional tier")
    capacity_gib: int = Field(description="capacity, which is charged in full")
    protocol: Annotated[Protocol, Choice] = Protocol.NFS_V3
    teams: Annotated[list[Key], Field(min_length=1), Distinct()] = Field(
        description="teams with a claim of the share in each of their namespaces"
    )
    deletion_protection: bool = Field(default=True, description="refuse to delete or replace the share")

    @property
    def region(self) -> str:
        """The region, also of a share in a zone."""
        return "-".join(self.location.split("-")[:2])
