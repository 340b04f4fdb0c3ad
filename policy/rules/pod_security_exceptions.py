"""The rule `pod-security-exceptions`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from groundwork.graph import Node
from policy.rules._pod_security import LEVEL, NAMESPACE, REASON, SETTING, UNTIL, annotation, label
from policy.rules._rule import Context, Parameters, Rule


def check(node: Node, context: Context[Parameters]) -> Iterator[str]:
    """One message for each exception that has ended or has no valid end, and one for a privileged namespace."""
    if node.type != NAMESPACE:
        return
    reason = annotation(node, REASON)
    if (until := annotation(node, UNTIL)) is not None:
        last = _date(until)
        if last is None:
            yield f"{node.name}: {UNTIL} is {until!r}: set {SETTING}.until to a date such as 2027-01-31"
        elif last < context.today:
            yield (
                f"the Pod Security exception of {node.name} ended on {until} ({reason}): remove {SETTING}, "
                "or set a later until"
            )
    if label(node, LEVEL) == "privileged":
        yield f"{node.name} allows privileged pods, which can read the data of every pod on their node ({reason})"


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


RULE: Final = Rule(
    name="pod-security-exceptions",
    description="Pod Security exceptions have not ended, and none allows privileged pods",
    why="""
        An exception still admits pods after its last day, until an update removes it. A privileged pod controls
        its node, and with it the pods of other teams there. The rule is advisory, since an unrelated fix must
        not wait for it.
        """,
    level="advisory",
    check=check,
    parameters=Parameters,
)
