"""Address ranges: all of them are in one routing table, so no two may overlap."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from stacks.settings.checks.context import CloudContext
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import EVERY, values_at

PLACES: Final[tuple[Place, ...]] = (
    ("network", "subnets", EVERY, "cidr"),
    ("network", "subnets", EVERY, "secondary", EVERY),
    ("network", "proxy_subnets", EVERY, "cidr"),
    ("network", "private_services"),
    ("clusters", EVERY, "control_plane_cidr"),
)


def check(context: CloudContext) -> Iterator[Problem]:
    """Every pair of ranges that overlap, reported at the second one."""
    ranges = [item for place in PLACES for item in values_at(context.settings, place)]
    for (first_place, first), (place, second) in combinations(ranges, 2):
        if first.overlaps(second):
            yield context.problem(place, f"{second} overlaps {first}", f"the other range is {key_path(first_place)}")
