"""The rule `fault-injection-overdue`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Node
from policy.rules._fault_injection import SETTING, injects_faults, last_day
from policy.rules._rule import Context, Parameters, Rule


def check(node: Node, context: Context[Parameters]) -> Iterator[str]:
    """One message for fault injection after its last day."""
    if injects_faults(node) and (end := last_day(node)) is not None and end < context.today:
        yield f"fault injection on {node.name} ended on {end}: remove {SETTING}, or extend its until"


RULE: Final = Rule(
    name="fault-injection-overdue",
    description="Fault injection is removed after its last day",
    why="""
        The mesh does not end fault injection on its last day: faults continue until an update removes them. The
        rule is advisory, since an unrelated fix must not wait for it.
        """,
    level="advisory",
    check=check,
    parameters=Parameters,
)
