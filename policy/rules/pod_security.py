"""The rule `pod-security`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Node
from policy.rules._pod_security import ENFORCE, NAMESPACE, REASON, SETTING, annotation, label
from policy.rules._rule import Context, Parameters, Rule


def check(node: Node, _: Context[Parameters]) -> Iterator[str]:
    """One message for a namespace that does not enforce `restricted` and has no reason."""
    if node.type != NAMESPACE:
        return
    profile = label(node, ENFORCE)
    if profile != "restricted" and not annotation(node, REASON):
        yield (
            f"{node.name} enforces {'no profile' if profile is None else profile}: set the label {ENFORCE} to "
            f"restricted, or set {SETTING} with a reason (annotation {REASON})"
        )


RULE: Final = Rule(
    name="pod-security",
    description="Namespaces enforce the Pod Security profile restricted, or have a reason for another one",
    why="""
        Only the labels of a namespace decide what its pods may do, for example whether they can escape their
        container. A namespace with another profile therefore has the reason in an annotation, where everyone
        who inspects it finds it. Unknown labels and annotations count as missing.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
