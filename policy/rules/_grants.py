"""Grants of IAM resources of Google Cloud, and of role bindings of Kubernetes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from groundwork.graph import Node, Placeholder, Value, at

IAM: Final = "iam"  # in the type name of every IAM resource of the provider
BINDINGS: Final = frozenset(
    {
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    }
)


@dataclass(frozen=True)
class Grant:
    """One role for one member; both may be unknown. `condition` is an IAM expression, None where there is none."""

    role: Value
    member: Value
    condition: Value = None


UNKNOWN: Final = Grant(Placeholder.UNKNOWN, Placeholder.UNKNOWN)


def grants(node: Node) -> Iterator[Grant]:
    """The grants of a member, a binding or a complete policy. Unknown members are `Placeholder.UNKNOWN`."""
    if node.type in BINDINGS:
        role = at(node.inputs, "roleRef.name")
        for subject in _list(node.inputs.get("subjects")):
            yield Grant(role, subject if isinstance(subject, Placeholder) else _subject(subject))
    elif node.type.startswith("gcp:") and IAM in node.type.rpartition(":")[2].lower():
        if (policy := node.inputs.get("policyData")) is not None:
            yield from _policy(policy)
            return
        condition = at(node.inputs, "condition.expression")
        members = [node.inputs["member"]] if "member" in node.inputs else _list(node.inputs.get("members"))
        yield from (Grant(node.inputs.get("role"), member, condition) for member in members)


def _subject(subject: Value) -> Value:
    """A subject in the form of an IAM member: the name of a user is an e-mail address."""
    kind, name = subject.get("kind"), subject.get("name")
    if isinstance(name, Placeholder):
        return name
    if kind != "User":
        return f"{str(kind).lower()}:{name}"
    return f"serviceAccount:{name}" if str(name).endswith(".gserviceaccount.com") else f"user:{name}"


def _policy(policy: Value) -> list[Grant]:
    """The grants of a policy, which is JSON text; an invalid policy is one grant of an unknown role."""
    if isinstance(policy, Placeholder):
        return [UNKNOWN]
    try:
        return list(_bindings(json.loads(policy)))
    except (AttributeError, TypeError, ValueError):  # not the structure of a policy
        return [UNKNOWN]


def _bindings(policy: Mapping[str, Any]) -> Iterator[Grant]:
    for binding in policy.get("bindings") or ():
        condition = (binding.get("condition") or {}).get("expression")
        yield from (Grant(binding.get("role"), member, condition) for member in binding.get("members", ()))


def _list(value: Value) -> list[Value]:
    """The items of a list; an unknown list is one unknown item."""
    return [value] if isinstance(value, Placeholder) else list(value or ())
