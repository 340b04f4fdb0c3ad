"""Capacities and abilities of Filestore's tiers, from ``file_tiers.yaml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from stacks.settings.core.data_files import read_data
from stacks.settings.core.types import Choice, Section
from stacks.settings.model.file_shares import Protocol, Tier

FILE: Final = Path(__file__).with_name("file_tiers.yaml")


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
