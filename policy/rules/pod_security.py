"""Namespaces refuse pods that could leave their container, and each exception says why and ends.

Nothing but a namespace's labels decides what its pods may be, so a namespace without the profile `restricted` names its
reason where everybody who looks at it finds it. An exception whose last day has passed goes on letting pods in: only an
advice tells, since an update that mends something else must not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from groundwork.graph import Node, Placeholder
from policy.rules._rule import Asked, Parameters, Rule

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
ENFORCE: Final = "pod-security.kubernetes.io/enforce"
REASON: Final = "groundwork.dev/pod-security-reason"
UNTIL: Final = "groundwork.dev/pod-security-until"
LEVEL: Final = "groundwork.dev/pod-security"


def check(node: Node, _: Asked[Parameters]) -> Iterator[str]:
    """One message for a namespace that is not restricted and does not say why. Unknown values count as wrong."""
    if node.type != NAMESPACE:
        return
    enforced, reason = _text(node, "labels", ENFORCE), _text(node, "annotations", REASON)
    if enforced != "restricted" and not reason:
        found = "no profile" if enforced is None else enforced
        yield f"{node.name} enforces {found}; set the label {ENFORCE} to restricted, or say why not in {REASON}"


def advise(node: Node, asked: Asked[Parameters]) -> Iterator[str]:
    """One message for each exception that has lasted too long, and for one that gives up the node."""
    if node.type != NAMESPACE:
        return
    until, reason = _text(node, "annotations", UNTIL), _text(node, "annotations", REASON)
    last = None if until is None else _day(until)
    if until is not None and last is None:
        yield f"{node.name}: {UNTIL} is {until!r}, which is no day such as 2027-01-31"
    elif last is not None and last < asked.today:
        yield f"{node.name} has an exception from Pod Security that ended on {until} ({reason}); end it, or renew it"
    if _text(node, "labels", LEVEL) == "privileged":
        yield f"{node.name} lets pods own their node, and with it what pods of any team there hold ({reason})"


def _text(node: Node, part: str, key: str) -> str | None:
    """A label or an annotation, where it is known."""
    metadata: Any = node.inputs.get("metadata")
    found: Any = metadata.get(part) if isinstance(metadata, Mapping) else None
    value = found.get(key) if isinstance(found, Mapping) else None
    return None if isinstance(value, Placeholder) else value


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


RULE: Final = Rule(
    name="pod-security",
    description="Namespaces enforce the profile restricted, or say why they do not",
    level="mandatory",
    check=check,
    parameters=Parameters,
)
EXCEPTIONS: Final = Rule(
    name="pod-security-exceptions",
    description="Exceptions from Pod Security have not outlived their last day, and none gives up the node",
    level="advisory",
    check=advise,
    parameters=Parameters,
)
