"""The rule `fault-injection`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Node
from policy.rules._fault_injection import REASON, SETTING, UNTIL, injects_faults, last_day, reason
from policy.rules._rule import Context, Parameters, Rule


def check(node: Node, _: Context[Parameters]) -> Iterator[str]:
    """One message for fault injection without a last day, and one for fault injection without a reason."""
    if not injects_faults(node):
        return
    if last_day(node) is None:
        yield f"{node.name} injects faults without a last day: set {SETTING}.until (annotation {UNTIL}) to a date"
    if not reason(node):
        yield f"{node.name} injects faults without a reason: set {SETTING}.reason (annotation {REASON})"


RULE: Final = Rule(
    name="fault-injection",
    description="Fault injection has a last day and a reason",
    why="""
        Injected faults look like an outage to everyone who does not know of the experiment. The last day and
        the reason are annotations of the route, where they are found during an incident. Unknown routes count
        as injecting faults.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
