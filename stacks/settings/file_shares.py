"""Shared permanent files, and how large they may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from stacks.settings.clusters import Choice
from stacks.settings.data_classes import DataClass
from stacks.settings.files import read_data
from stacks.settings.lists import Distinct
from stacks.settings.shapes import Key, Section, shape

FILE: Final = Path(__file__).with_name("file_tiers.yaml")

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


class Sizes(Section):
    """Capacities from the smallest to the largest, each a step above the one before, in GiB."""

    least: Annotated[int, Field(ge=1)]
    most: Annotated[int, Field(ge=1)]
    step: Annotated[int, Field(ge=1)]

    def takes(self, capacity: int) -> bool:
        """Whether this capacity is one of them."""
        return self.least <= capacity <= self.most and (capacity - self.least) % self.step == 0

    def around(self, capacity: int) -> tuple[int, ...]:
        """The one or two capacities that are nearest."""
        inside = min(max(capacity, self.least), self.most)
        below = inside - (inside - self.least) % self.step
        return (below,) if below == inside or below + self.step > self.most else (below, below + self.step)


class TierFacts(Section):
    """What a tier takes."""

    sizes: Annotated[list[Sizes], Field(min_length=1)]
    regional: bool
    own_key: bool = Field(description="whether it can be encrypted with a key of one's own")
    protocols: list[Annotated[Protocol, Choice]]

    def nearest(self, capacity: int) -> tuple[int, ...]:
        """The capacities that the tier takes and that are nearest to the one that it does not."""
        offered = sorted({size for sizes in self.sizes for size in sizes.around(capacity)})
        below = [size for size in offered if size < capacity]
        above = [size for size in offered if size > capacity]
        return (*below[-1:], *above[:1])


class Tiers(Section):
    """The whole file."""

    source: str
    date: dt.date
    tiers: dict[Annotated[Tier, Choice], TierFacts]


@cache
def tiers() -> Mapping[Tier, TierFacts]:
    """Every tier; the file is read once."""
    return read_data(FILE, Tiers).tiers
