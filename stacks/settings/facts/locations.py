"""Where buckets lie: the regions of a location and the place of its keys, from ``bucket_locations.yaml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from stacks.settings.core.data_files import read_data
from stacks.settings.core.types import Region, Section

FILE: Final = Path(__file__).with_name("bucket_locations.yaml")


class Place(Section):
    """What a location spans, and where a key for it lies."""

    regions: Annotated[list[Region], Field(min_length=2)]
    kms: str | None


class Locations(Section):
    """The whole file."""

    source: str
    date: dt.date
    multi_regions: dict[str, Place]
    dual_regions: dict[str, Place]


@cache
def locations() -> Locations:
    """Every location that is no region; the file is read once."""
    return read_data(FILE, Locations)


def wide() -> Mapping[str, Place]:
    """Multi-regions and dual-regions, by name."""
    return {**locations().multi_regions, **locations().dual_regions}


def is_region(location: str) -> bool:
    """Whether a location is one region: those alone have a hyphen."""
    return "-" in location


def is_dual(location: str, dual_regions: Sequence[str] | None) -> bool:
    """Whether a bucket has its data in exactly two regions, which is what turbo replication works between."""
    return dual_regions is not None or location in locations().dual_regions


def regions_of(location: str, dual_regions: Sequence[str] | None = None) -> list[str]:
    """The regions that a bucket's data may lie in; none where the location is not known."""
    if dual_regions is not None:
        return [region.lower() for region in dual_regions]
    if is_region(location):
        return [location.lower()]
    place = wide().get(location)
    return [] if place is None else list(place.regions)


def kms_location(location: str) -> str | None:
    """Where Cloud KMS has to hold the key of a bucket; None where no key can serve that location."""
    if is_region(location):
        return location.lower()
    place = wide().get(location)
    return None if place is None else place.kms
