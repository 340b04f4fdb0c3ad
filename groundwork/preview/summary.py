"""One-line summaries of resources for reviewers: the grantee of a role, the amounts of a quota."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from groundwork.graph import Node, Placeholder, Value, at

REQUESTS: Final = "requests."  # prefix of compute resources in a ResourceQuota; names of object counts have none


def summary_of(node: Node) -> str:
    """The summary of a resource, without unknown and secret values; empty for types without one."""
    summarize = BY_TYPE.get(node.type) or (_grant if node.type.lower().endswith("iammember") else None)
    return "" if summarize is None else summarize(node.inputs)


def _grant(inputs: Mapping[str, Value]) -> str:
    condition = at(inputs, "condition.title")
    return _joined(at(inputs, "role"), "for", at(inputs, "member"), f"({condition})" if condition is not None else "")


def _budget(inputs: Mapping[str, Value]) -> str:
    amount = at(inputs, "amount.specifiedAmount.units")
    currency = at(inputs, "amount.specifiedAmount.currencyCode")
    return f"{amount} {currency} a month" if isinstance(amount, str) and isinstance(currency, str) else ""


def _quota(inputs: Mapping[str, Value]) -> str:
    hard = at(inputs, "spec.hard")
    if not isinstance(hard, Mapping):
        return ""
    names = sorted(hard, key=lambda name: (not name.startswith(REQUESTS), name))
    return _amounts({name.removeprefix(REQUESTS): hard[name] for name in names})


def _binding(inputs: Mapping[str, Value]) -> str:
    subjects = [
        subject["name"] for subject in _mappings(at(inputs, "subjects")) if isinstance(subject.get("name"), str)
    ]
    return _joined(at(inputs, "roleRef.name"), "for", ", ".join(subjects) or None, "")


def _queue(inputs: Mapping[str, Value]) -> str:
    """The nominal quotas by flavor."""
    return "; ".join(
        f"{flavor.get('name')}: "
        + _amounts({resource["name"]: resource.get("nominalQuota") for resource in _mappings(resources)})
        for group in _mappings(at(inputs, "spec.resourceGroups"))
        for flavor in _mappings(group.get("flavors"))
        if (resources := flavor.get("resources"))
    )


BY_TYPE: Final[Mapping[str, Callable[[Mapping[str, Value]], str]]] = {
    "gcp:billing/budget:Budget": _budget,
    "kubernetes:core/v1:ResourceQuota": _quota,
    "kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue": _queue,
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": _binding,
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": _binding,
}


def _joined(first: Value, link: str, second: Value, rest: str) -> str:
    """`first link second rest`, without `link second` where that is unknown; empty where `first` is unknown."""
    if not isinstance(first, str):
        return ""
    known = [first, link, second] if isinstance(second, str) else [first]
    return " ".join([*known, rest]).rstrip()


def _amounts(amounts: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} {amount}" for name, amount in amounts.items() if not isinstance(amount, Placeholder))


def _mappings(value: Value) -> list[Mapping[str, Value]]:
    """The mappings in a list; empty for any other value."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
