"""Allowed locations of data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import BucketLocation, Choice, Section
from stacks.settings.model.data_classes import DataClass


class Residency(Section):
    """Allowed locations of data; without this section all are allowed.

    `classes` is about buckets. Clusters, databases, backups and everything else that stores data of any class are
    always restricted to the list.
    """

    locations: Annotated[list[BucketLocation], Field(min_length=1), Distinct()] = Field(
        description="regions, dual-regions and multi-regions in capitals"
    )
    classes: Annotated[list[Annotated[DataClass, Choice]], Field(min_length=1), Distinct()] = Field(
        default_factory=lambda: list(DataClass), description="classes of data whose buckets are restricted to the list"
    )


def holds(residency: Residency | None, data_class: DataClass | None) -> bool:
    """Whether a bucket is restricted to the list, as is one without a class, which may contain any data."""
    return residency is not None and (data_class is None or data_class in residency.classes)


def objections(residency: Residency | None, places: Sequence[str], what: str) -> Iterator[tuple[str, str]]:
    """Message and hint for each of these locations that is not allowed for `what`.

    `places` are regions or locations of buckets, in upper or lower case. A multi-region in the list allows itself and
    no region in it, since data in a region is lost with that region.
    """
    if residency is None:
        return
    allowed = ", ".join(residency.locations)
    for place in dict.fromkeys(place.upper() for place in places):
        if place not in residency.locations:
            yield f"{what} may not be in {place}", f"residency allows {allowed}"
