"""The inputs and options of one resource that differ between two graphs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundwork.diff.replacements import decide
from groundwork.diff.replacements.paths import inside, parse
from groundwork.graph import Node, Placeholder, Value, plain


@dataclass(frozen=True)
class PropertyDiff:
    """An input or option that differs: its path (``labels.team``, ``rules[0].age``) and both values, None if absent."""

    path: str
    before: Value
    after: Value

    def to_json(self) -> dict[str, Any]:
        """The contract's form, with placeholders as text."""
        return {"path": self.path, "before": plain(self.before), "after": plain(self.after)}


def differences(before: Node, after: Node) -> Iterator[PropertyDiff]:
    """The inputs and options of one resource that differ.

    Left out are values that are unknown on one side, inputs in `ignoreChanges`, and values that the provider treats as
    equal.
    """
    for difference in _compare(after.type, before.inputs, after.inputs, ""):
        if not is_ignored(after, difference.path):
            yield difference
    if before.protect != after.protect:
        yield PropertyDiff("protect", before.protect, after.protect)
    if before.retain_on_delete != after.retain_on_delete:
        yield PropertyDiff("retainOnDelete", before.retain_on_delete, after.retain_on_delete)


def is_ignored(node: Node, path: str) -> bool:
    """Whether the program ignores changes at this path."""
    return any(path == ignored or path.startswith((f"{ignored}.", f"{ignored}[")) for ignored in node.ignore_changes)


def unknown_paths(value: Value, path: str) -> Iterator[str]:
    """The paths of unknown and secret parts of a value at `path`; a masked secret may have changed too."""
    if isinstance(value, Placeholder):
        yield path
    elif isinstance(value, Mapping):
        for key in sorted(value):
            yield from unknown_paths(value[key], _join(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown_paths(item, f"{path}[{index}]")


def value_at(inputs: Mapping[str, Value], path: str) -> Value:
    """The value at a path; None where it is absent, the placeholder where one is on the way."""
    return inside(inputs, parse(path))


def _compare(kind: str, before: Value, after: Value, path: str) -> Iterator[PropertyDiff]:
    if Placeholder.UNKNOWN in (before, after) and not (_is_empty(before) or _is_empty(after)):
        return
    # An empty list of blocks counts as absent; an empty list of values is a value.
    has_blocks = isinstance(before, list) and any(isinstance(item, Mapping) for item in before)
    if path and has_blocks and _is_empty(after) and decide.is_same(kind, path, before, None):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            yield from _compare(kind, before.get(key), after.get(key), _join(path, key))
    elif isinstance(before, list) and isinstance(after, list):
        if decide.is_set(kind, path) and _sorted(before) == _sorted(after):
            return
        for index, (old, new) in enumerate(itertools.zip_longest(before, after)):
            yield from _compare(kind, old, new, f"{path}[{index}]")
    elif before != after and not (
        (_is_empty(before) and _is_empty(after) and not decide.is_empty_a_value(kind, path))
        or decide.is_same(kind, path, before, after)
    ):
        yield PropertyDiff(path, before, after)


def _sorted(values: list[Value]) -> list[str]:
    """The elements of a set in a stable order."""
    return sorted(repr(plain(value)) for value in values)


def _join(path: str, key: str) -> str:
    """A path as Pulumi writes it: keys with a dot or a bracket are quoted."""
    if "." in key or "[" in key:
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def _is_empty(value: Value) -> bool:
    """Whether a value counts as absent; False and 0 do not."""
    return value is None or (isinstance(value, dict | list | str) and not value)
