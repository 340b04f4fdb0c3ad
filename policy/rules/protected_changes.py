"""Nothing that is protected is deleted or replaced.

The engine refuses such a step by itself, but only during the update, when half of the others have run; a reviewer
should not have to find it among three hundred. What would be lost is known to a preview that compares two plans or a
plan with a state (`groundwork preview`). The engine tells its packs nothing of changes, so there the rule is silent and
the engine speaks. Whoever means it takes the protection away first, in an update of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Graph
from policy.rules._rule import Asked, Parameters, StackRule

DONE: Final = {"delete": "deleted", "replace": "replaced"}


def check(_: Graph, asked: Asked[Parameters]) -> Iterator[tuple[str, str]]:
    """One message for each protected resource that would go."""
    for change in asked.changes:
        if change.guard is not None:
            lost = f", and {change.holds} with it" if change.holds else ""
            yield change.urn, f"{change.name} would be {DONE.get(change.op, change.op)}{lost}: {change.guard}"


RULE: Final = StackRule(
    name="protected-changes",
    description="Nothing that is protected is deleted or replaced",
    level="mandatory",
    check=check,
    parameters=Parameters,
)
