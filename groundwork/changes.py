"""What changes between two graphs."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundwork.graph import Graph, Mark, Node, Value, plain


class Op(enum.StrEnum):
    """What happens to a resource. The order is that of a report: what destroys comes first."""

    DELETE = "delete"
    REPLACE = "replace"
    UPDATE = "update"
    CREATE = "create"
    SAME = "same"


@dataclass(frozen=True)
class Difference:
    """One input that differs: its path (``labels.team``, ``rules[0].age``), and None where a side has none."""

    path: str
    before: Value
    after: Value

    def to_json(self) -> dict[str, Any]:
        """The contract's form, with marks as text."""
        return {"path": self.path, "before": plain(self.before), "after": plain(self.after)}


@dataclass(frozen=True)
class Change:
    """What happens to one resource, and the inputs that make it happen. `node` is the newest form there is."""

    op: Op
    node: Node
    differences: tuple[Difference, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "op": self.op.value,
            "urn": self.node.urn,
            "diff": [difference.to_json() for difference in self.differences],
        }


def between(before: Graph | None, after: Graph) -> list[Change]:
    """Every resource of both graphs with what happens to it, in the order of URNs; all are new where `before` is None.

    What a plugin makes inside a component of its own is in a state and in no plan, and it registers the component
    without what the program said of it: neither is a change.

    A graph cannot tell an update from a replacement, since the provider decides that: see `groundwork.steps`.
    """
    remote = {node.urn for node in after if not node.custom and node.provider is not None}
    old = {} if before is None else {node.urn: node for node in before if not _within(before, node, remote)}
    changes = []
    for urn in sorted({*old, *after.nodes}):
        if urn not in old:
            changes.append(Change(Op.CREATE, after.nodes[urn]))
        elif urn not in after.nodes:
            changes.append(Change(Op.DELETE, old[urn]))
        else:
            silent = urn in remote and old[urn].provider is None
            found = () if silent else tuple(differences(old[urn], after.nodes[urn]))
            changes.append(Change(Op.UPDATE if found else Op.SAME, after.nodes[urn], found))
    return changes


def _within(graph: Graph, node: Node, owners: set[str]) -> bool:
    """Whether a node lies below one of these components."""
    parent = graph.nodes.get(node.parent or "")
    return parent is not None and (parent.urn in owners or _within(graph, parent, owners))


def differences(before: Node, after: Node) -> Iterator[Difference]:
    """The inputs and options of one resource that differ.

    An unknown value on either side is no difference: nobody can say that it is one. Nor is an input whose changes the
    program ignores.
    """
    for difference in _compare(before.inputs, after.inputs, ""):
        if not any(_covers(path, difference.path) for path in after.ignore_changes):
            yield difference
    if before.protect != after.protect:
        yield Difference("protect", before.protect, after.protect)


def _compare(before: Value, after: Value, path: str) -> Iterator[Difference]:
    if before is Mark.UNKNOWN or after is Mark.UNKNOWN:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            yield from _compare(before.get(key), after.get(key), _join(path, key))
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            one = before[index] if index < len(before) else None
            other = after[index] if index < len(after) else None
            yield from _compare(one, other, f"{path}[{index}]")
    elif before != after and not (_empty(before) and _empty(after)):
        yield Difference(path, before, after)


def _covers(ignored: str, path: str) -> bool:
    return path == ignored or path.startswith((f"{ignored}.", f"{ignored}["))


def _join(path: str, key: str) -> str:
    """A path as Pulumi writes it: keys with a dot are quoted."""
    if "." in key or "[" in key:
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def _empty(value: Value) -> bool:
    """An absent value and an empty one are the same declaration; False and 0 are values."""
    return value is None or (isinstance(value, dict | list | str) and not value)


def count(changes: list[Change]) -> dict[str, int]:
    """How many resources each operation has, in the order of the contract's keys."""
    order = (Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE, Op.SAME)
    return {op.value: sum(change.op is op for change in changes) for op in order}
