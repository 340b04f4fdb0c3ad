"""Which inputs and options of one resource differ between two graphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundwork.diff.replacements import decide
from groundwork.diff.replacements.paths import inside, parse
from groundwork.graph import Node, Placeholder, Value, plain


@dataclass(frozen=True)
class Difference:
    """One input that differs: its path (``labels.team``, ``rules[0].age``), and None where a side has none."""

    path: str
    before: Value
    after: Value

    def to_json(self) -> dict[str, Any]:
        """The contract's form, with marks as text."""
        return {"path": self.path, "before": plain(self.before), "after": plain(self.after)}


def differences(before: Node, after: Node) -> Iterator[Difference]:
    """The inputs and options of one resource that differ.

    An unknown value in place of another value is no difference: nobody can say that it is one. Nor is an input whose
    changes the program ignores, nor another way to write what the provider takes for the same.
    """
    for difference in _compare(after.type, before.inputs, after.inputs, ""):
        if not ignored(after, difference.path):
            yield difference
    if before.protect != after.protect:
        yield Difference("protect", before.protect, after.protect)
    if before.retain_on_delete != after.retain_on_delete:
        yield Difference("retainOnDelete", before.retain_on_delete, after.retain_on_delete)


def ignored(node: Node, path: str) -> bool:
    """Whether the program ignores changes at this path."""
    return any(path == found or path.startswith((f"{found}.", f"{found}[")) for found in node.ignore_changes)


def unknown(value: Value, path: str) -> Iterator[str]:
    """The paths in a value at which nobody knows what stands; a secret may be anything."""
    if isinstance(value, Placeholder):
        yield path
    elif isinstance(value, Mapping):
        for key in sorted(value):
            yield from unknown(value[key], _join(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown(item, f"{path}[{index}]")


def value_at(inputs: Mapping[str, Value], path: str) -> Value:
    """What stands at a path; None where nothing does, the mark where a part of it is marked."""
    return inside(inputs, parse(path))


def _compare(kind: str, before: Value, after: Value, path: str) -> Iterator[Difference]:
    if Placeholder.UNKNOWN in (before, after) and not (_empty(before) or _empty(after)):
        return
    # A list of blocks without a block is none; an empty list of values is a value.
    blocks = isinstance(before, list) and any(isinstance(item, Mapping) for item in before)
    if path and blocks and _empty(after) and decide.same(kind, path, before, None):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            yield from _compare(kind, before.get(key), after.get(key), _join(path, key))
    elif isinstance(before, list) and isinstance(after, list):
        if decide.is_set(kind, path) and _sorted(before) == _sorted(after):
            return
        for index in range(max(len(before), len(after))):
            one = before[index] if index < len(before) else None
            other = after[index] if index < len(after) else None
            yield from _compare(kind, one, other, f"{path}[{index}]")
    elif before != after and not (
        (_empty(before) and _empty(after) and not decide.empty_is_a_value(kind, path))
        or decide.same(kind, path, before, after)
    ):
        yield Difference(path, before, after)


def _sorted(values: list[Value]) -> list[str]:
    """The elements of a set in an order that is always the same."""
    return sorted(repr(plain(value)) for value in values)


def _join(path: str, key: str) -> str:
    """A path as Pulumi writes it: keys with a dot are quoted."""
    if "." in key or "[" in key:
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def _empty(value: Value) -> bool:
    """An absent value and an empty one are the same declaration; False and 0 are values."""
    return value is None or (isinstance(value, dict | list | str) and not value)
