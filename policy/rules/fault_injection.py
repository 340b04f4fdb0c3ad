"""What fails on purpose says until when and why, and is gone when that day is.

The mesh does not end a fault by itself: it goes on until an update takes it out, so whoever previews the stack after
its last day is told. A fault that is not known yet counts as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from groundwork.graph import Node, Placeholder, at
from policy.rules._rule import Asked, Parameters, Rule

KIND: Final = "VirtualService"
UNTIL: Final = "groundwork.dev/fault-until"
REASON: Final = "groundwork.dev/fault-reason"


def check(node: Node, _: Asked[Parameters]) -> Iterator[str]:
    """One message for each fault of which nobody can say when it ends, or why it is there."""
    if not _fails(node):
        return
    if not isinstance(_end(node), date):
        yield f"{node.name} fails on purpose and has no last day; write it into the annotation {UNTIL}, as 2026-12-18"
    if not isinstance(reason := _annotations(node).get(REASON), str) or not reason:
        yield f"{node.name} fails on purpose and does not say why; write it into the annotation {REASON}"


def advise(node: Node, asked: Asked[Parameters]) -> Iterator[str]:
    """One message for each fault whose last day is over."""
    if _fails(node) and isinstance(end := _end(node), date) and end < asked.today:
        yield f"{node.name} was to fail on purpose until {end.isoformat()}; take the fault out, or give it another day"


def _fails(node: Node) -> bool:
    """Whether a route of the mesh has a fault; one that is not known yet may have any."""
    if not node.type.endswith(f":{KIND}") or "networking.istio.io" not in node.type:
        return False
    spec = node.inputs.get("spec")
    if not isinstance(spec, dict):
        return isinstance(spec, Placeholder)
    routes: Any = spec.get("http") or []
    return isinstance(routes, Placeholder) or any(
        isinstance(route, Placeholder) or route.get("fault") for route in routes
    )


def _annotations(node: Node) -> dict[str, Any]:
    found = at(node.inputs, "metadata.annotations")
    return found if isinstance(found, dict) else {}


def _end(node: Node) -> date | None:
    try:
        return date.fromisoformat(_annotations(node).get(UNTIL, ""))
    except (TypeError, ValueError):
        return None


RULE: Final = Rule(
    name="fault-injection",
    description="What fails on purpose says until when and why",
    level="mandatory",
    check=check,
    parameters=Parameters,
)

OVERDUE: Final = Rule(
    name="fault-injection-overdue",
    description="What fails on purpose is gone when its last day is",
    level="advisory",
    check=advise,
    parameters=Parameters,
)
