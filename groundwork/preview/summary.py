"""What a resource says in a few words: who gets what, how much of it. A list of names tells a reviewer neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from groundwork.graph import Node, Placeholder, Value, at

UNITS: Final = "requests."  # what a quota begins the names of units with; of objects it counts, it has the names alone


def summary_of(node: Node) -> str:
    """One line, or nothing where the name and the type say enough. What is not known or not to be shown is left out."""
    tell = BY_TYPE.get(node.type) or (_grant if node.type.lower().endswith("iammember") else None)
    return "" if tell is None else tell(node.inputs)


def _grant(inputs: Mapping[str, Value]) -> str:
    end = at(inputs, "condition.title")
    return _words(at(inputs, "role"), "for", at(inputs, "member"), "" if end is None else f"({end})")


def _budget(inputs: Mapping[str, Value]) -> str:
    amount = "amount.specifiedAmount"
    return _words(at(inputs, f"{amount}.units"), at(inputs, f"{amount}.currencyCode"), "a month", "")


def _quota(inputs: Mapping[str, Value]) -> str:
    hard = at(inputs, "spec.hard")
    if not isinstance(hard, Mapping):
        return ""
    names = sorted(hard, key=lambda name: (not name.startswith(UNITS), name))
    return _amounts({name.removeprefix(UNITS): hard[name] for name in names})


def _binding(inputs: Mapping[str, Value]) -> str:
    subjects = [one["name"] for one in _list(at(inputs, "subjects")) if isinstance(one.get("name"), str)]
    return _words(at(inputs, "roleRef.name"), "for", ", ".join(subjects) or None, "")


def _queue(inputs: Mapping[str, Value]) -> str:
    """What is promised, by flavor."""
    return "; ".join(
        f"{flavor.get('name')}: {_amounts({one['name']: one.get('nominalQuota') for one in _list(found)})}"
        for group in _list(at(inputs, "spec.resourceGroups"))
        for flavor in _list(group.get("flavors"))
        if (found := flavor.get("resources"))
    )


BY_TYPE: Final[Mapping[str, Callable[[Mapping[str, Value]], str]]] = {
    "gcp:billing/budget:Budget": _budget,
    "kubernetes:core/v1:ResourceQuota": _quota,
    "kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue": _queue,
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": _binding,
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": _binding,
}


def _words(first: Value, link: Value, second: Value, rest: str) -> str:
    """`first`, and `link` and `second` after it where both are known."""
    if not isinstance(first, str):
        return ""
    known = isinstance(link, str) and isinstance(second, str)
    return " ".join(part for part in (first, *((link, second) if known else ()), rest) if part)


def _amounts(amounts: Mapping[str, Value]) -> str:
    known: Iterator[tuple[str, Any]] = (
        (name, most) for name, most in amounts.items() if not isinstance(most, Placeholder)
    )
    return ", ".join(f"{name} {most}" for name, most in known)


def _list(value: Value) -> list[Mapping[str, Value]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
