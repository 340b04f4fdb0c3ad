"""Capacities and features of Filestore's tiers, from ``file_tiers.yaml``."""

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
    """Capacities from a minimum to a maximum in steps, in GiB."""

    min: Annotated[int, Field(ge=1)]
    max: Annotated[int, Field(ge=1)]
    step: Annotated[int, Field(ge=1)]

    def offers(self, capacity: int) -> bool:
        """Whether a capacity is offered."""
        return self.min <= capacity <= self.max and (capacity - self.min) % self.step == 0

    def around(self, capacity: int) -> tuple[int, ...]:
        """The one or two offered capacities that are nearest."""
        inside = min(max(capacity, self.min), self.max)
        below = inside - (inside - self.min) % self.step
        return (below,) if below == inside or below + self.step > self.max else (below, below + self.step)


class TierFacts(Section):
    """Features of a tier."""

    sizes: Annotated[list[Sizes], Field(min_length=1)]
    regional: bool
    customer_managed_key: bool = Field(description="whether it supports customer-managed keys")
    protocols: list[Annotated[Protocol, Choice]]

    def nearest(self, capacity: int) -> tuple[int, ...]:
        """The offered capacities that are nearest to one that is not offered."""
        offered = sorted({size for sizes in self.sizes for size in sizes.around(capacity)})
        below = [size for size in offered if size < capacity]
        above = [size for size in offered if size > capacity]
        return (*below[-1:], *above[:1])


class Tiers(Section):
    """The file."""

    source: str
    date: dt.date
    tiers: dict[Annotated[Tier, Choice], TierFacts]


@cache
def tiers() -> Mapping[Tier, TierFacts]:
    """Every tier; the file is read once."""
    return read_data(FILE, Tiers).tiers
