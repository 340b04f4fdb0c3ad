"""Grants that end without a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import AnyContext
from stacks.settings.core.problems import Place, Problem
from stacks.settings.core.query import EVERY, values_at
from stacks.settings.core.unknown import until_unknown
from stacks.settings.model.grants import Grant

# Where grants are.
PLACES: Final[tuple[Place, ...]] = (
    ("audit", "readers", EVERY),
    ("buckets", EVERY, "groups", EVERY),
    ("buckets", EVERY, "workloads", EVERY),
    ("github", "deployers", EVERY, "host_roles", EVERY),
    ("github", "deployers", EVERY, "roles", EVERY),
    ("groups", EVERY, "project_roles", EVERY),
    ("registries", EVERY, "groups", EVERY),
    ("registries", EVERY, "workloads", EVERY),
    ("secrets", EVERY, "groups", EVERY),
    ("secrets", EVERY, "workloads", EVERY),
    ("teams", EVERY, "data", EVERY),
    ("warehouses", EVERY, "groups", EVERY),
    ("warehouses", EVERY, "workloads", EVERY),
)


def check(context: AnyContext) -> Iterator[Problem]:
    """Every grant with an end and no reason: without one it is not clear whether to renew it."""
    for place in PLACES:
        for where, grant in values_at(context.settings, place):
            if isinstance(grant, Grant):  # the grants of a local bucket have no end
                yield from until_unknown(_reason(context, where, grant))


def _reason(context: AnyContext, where: Place, grant: Grant) -> Iterator[Problem]:
    if grant.until is not None and grant.reason is None:
        yield context.problem((*where, "reason"), "is missing", "a grant that ends needs a reason")
