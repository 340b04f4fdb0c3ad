"""The rule `protected-changes`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Graph
from policy.rules._rule import Context, Parameters, StackRule

PARTICIPLES: Final = {"delete": "deleted", "replace": "replaced"}


def check(_: Graph, context: Context[Parameters]) -> Iterator[tuple[str, str]]:
    """One message for each protected resource that would be deleted or replaced."""
    for lost in context.lost:
        if lost.guard is not None:
            data = f" with {lost.holds}" if lost.holds else ""
            yield lost.urn, f"{lost.name} would be {PARTICIPLES[lost.op]}{data}: {lost.guard}"


RULE: Final = StackRule(
    name="protected-changes",
    description="No protected resource is deleted or replaced",
    why="""
        The engine refuses such a step too, but only during the update, when other steps are already done. The
        changes are known to `groundwork preview`, which compares two plans or a plan with a state; the engine
        passes no changes to a policy pack, so under `pulumi preview` the rule reports nothing and the engine
        itself fails. To delete a resource deliberately, remove its protection in an earlier, separate update.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
