"""Fault injection in routes of Istio, with the annotations that say until when and why."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from groundwork.graph import Node, Placeholder, at

GROUP: Final = "networking.istio.io"
KIND: Final = "VirtualService"
UNTIL: Final = "groundwork.dev/fault-until"
REASON: Final = "groundwork.dev/fault-reason"
SETTING: Final = "teams.<team>.services.<service>.fault"


def injects_faults(node: Node) -> bool:
    """Whether a route has a fault; unknown routes count as having one."""
    if not node.type.endswith(f":{KIND}") or GROUP not in node.type:
        return False
    spec = node.inputs.get("spec")
    if not isinstance(spec, dict):
        return isinstance(spec, Placeholder)
    routes: Any = spec.get("http") or []
    return isinstance(routes, Placeholder) or any(
        isinstance(route, Placeholder) or route.get("fault") for route in routes
    )


def last_day(node: Node) -> date | None:
    """The last day of the fault injection; None where it is missing, unknown or not a date."""
    try:
        return date.fromisoformat(_annotations(node).get(UNTIL, ""))
    except (TypeError, ValueError):
        return None


def reason(node: Node) -> str:
    """The reason of the fault injection; empty where it is missing or unknown."""
    text = _annotations(node).get(REASON)
    return text if isinstance(text, str) else ""


def _annotations(node: Node) -> dict[str, Any]:
    annotations = at(node.inputs, "metadata.annotations")
    return annotations if isinstance(annotations, dict) else {}
