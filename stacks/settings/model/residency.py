"""Where data may lie: a list of places, and what is held to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import BucketLocation, Choice, Section
from stacks.settings.model.data_classes import DataClass


class Residency(Section):
    """Places that data may lie in; without this section it may lie anywhere.

    Only buckets have a class. Clusters, databases, backups and whatever else holds data of any class are always held
    to the list.
    """

    locations: Annotated[list[BucketLocation], Field(min_length=1), Distinct()] = Field(
        description="regions, dual-regions and multi-regions in capitals"
    )
    classes: Annotated[list[Annotated[DataClass, Choice]], Field(min_length=1), Distinct()] = Field(
        default_factory=lambda: list(DataClass), description="classes of data whose buckets are held to the list"
    )


def holds(residency: Residency | None, data_class: DataClass | None) -> bool:
    """Whether a bucket is held to the list; one without a class may hold anything, and so is."""
    return residency is not None and (data_class is None or data_class in residency.classes)


def objections(residency: Residency | None, places: Sequence[str], what: str) -> Iterator[tuple[str, str]]:
    """Message and hint for each of these places that `what` (in words) may not lie in.

    A place is a location of buckets or a region, in capitals or not. A multi-region in the list allows itself and no
    region in it: data in a region is lost with that region, which is another promise.
    """
    if residency is None:
        return
    allowed = ", ".join(residency.locations)
    for place in dict.fromkeys(place.upper() for place in places):
        if place not in residency.locations:
            yield f"{what} may not lie in {place}", f"residency allows {allowed}"
