"""Address ranges: all of them live in one routing table, so no two may share an address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any, Final

from pydantic import TypeAdapter

from stacks.settings.core.addresses import Cidr
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import EVERY, found

PLACES: Final[tuple[Place, ...]] = (
    ("network", "subnets", EVERY, "cidr"),
    ("network", "subnets", EVERY, "secondary", EVERY),
    ("network", "proxy_subnets", EVERY, "cidr"),
    ("network", "private_services"),
    ("clusters", EVERY, "control_plane_cidr"),
)

_CIDR: Final[TypeAdapter[IPv4Network]] = TypeAdapter(Cidr)


def overlaps(values: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Every pair of ranges that overlap, read from the raw values so that no other mistake hides one."""
    ranges = [each for place in PLACES for each in found(values, place, _CIDR)]
    for (first, one), (second, other) in combinations(ranges, 2):
        if one.overlaps(other):
            yield Problem(file, key_path(second), f"{other} overlaps {one}", f"the other range is {key_path(first)}")
