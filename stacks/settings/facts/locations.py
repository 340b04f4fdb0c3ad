"""Locations of buckets: their regions and the location of their keys, from ``bucket_locations.yaml``."""

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
    """The regions of a location, and the location of its keys in Cloud KMS."""

    regions: Annotated[list[Region], Field(min_length=2)]
    kms: str | None


class Locations(Section):
    """The file."""

    source: str
    date: dt.date
    multi_regions: dict[str, Place]
    dual_regions: dict[str, Place]


@cache
def locations() -> Locations:
    """Every location that is not a region; the file is read once."""
    return read_data(FILE, Locations)


def wide() -> Mapping[str, Place]:
    """Multi-regions and dual-regions, by name."""
    return {**locations().multi_regions, **locations().dual_regions}


def is_region(location: str) -> bool:
    """Whether a location is a region, since only regions have a hyphen."""
    return "-" in location


def is_dual(location: str, dual_regions: Sequence[str] | None) -> bool:
    """Whether a bucket has exactly two regions, as turbo replication requires."""
    return dual_regions is not None or location in locations().dual_regions


def regions_of(location: str, dual_regions: Sequence[str] | None = None) -> list[str]:
    """The regions of a bucket's data; none for an unknown location."""
    if dual_regions is not None:
        return [region.lower() for region in dual_regions]
    if is_region(location):
        return [location.lower()]
    place = wide().get(location)
    return [] if place is None else list(place.regions)


def kms_location(location: str) -> str | None:
    """The location of a bucket's key in Cloud KMS; None where customer-managed keys are not supported."""
    if is_region(location):
        return location.lower()
    place = wide().get(location)
    return None if place is None else place.kms
