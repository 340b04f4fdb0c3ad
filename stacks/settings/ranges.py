"""Address ranges: all of them live in one routing table, so no two may share an address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from stacks.settings.problems import Problem, key_path
from stacks.settings.shapes import Cidr

Place = tuple[str | int, ...]

# Where ranges stand; "*" is every key of a map.
PLACES: Final[tuple[Place, ...]] = (
    ("network", "subnets", "*", "cidr"),
    ("network", "subnets", "*", "secondary", "*"),
    ("network", "private_services"),
    ("clusters", "*", "control_plane_cidr"),
)

_CIDR: Final[TypeAdapter[IPv4Network]] = TypeAdapter(Cidr)


def overlaps(values: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Every pair of ranges that overlap, read from the raw values so that no other mistake hides one."""
    ranges = [found for place in PLACES for found in _ranges(values, place, ())]
    for (first, one), (second, other) in combinations(ranges, 2):
        if one.overlaps(other):
            yield Problem(file, key_path(second), f"{other} overlaps {one}", f"the other range is {key_path(first)}")


def _ranges(value: Any, place: Place, loc: Place) -> Iterator[tuple[Place, IPv4Network]]:
    """The valid ranges at a place and where each stands; what is no range is another check's business."""
    if not place:
        try:
            yield loc, _CIDR.validate_python(value)
        except ValidationError:
            return
    elif isinstance(value, Mapping):
        for key in list(value) if place[0] == "*" else [place[0]]:
            yield from _ranges(value.get(key), place[1:], (*loc, key))
