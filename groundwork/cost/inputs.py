"""Readers of a resource's inputs. A value that a price needs and that is unknown makes the resource unpriced."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from groundwork.cost.priced_items import UnpricedError
from groundwork.cost.resource_types import label_path
from groundwork.graph import Node, Placeholder, at

ZONE: Final = re.compile(r"-[a-z]$")
UNKNOWN: Final = "is unknown until pulumi up"


def given(node: Node, path: str) -> Any:
    """The value at a path, None where it is left out; raises `UnpricedError` where it is unknown."""
    value = at(node.inputs, path)
    if isinstance(value, Placeholder):
        raise _missing(node, path)
    return value


def known(node: Node, path: str) -> Any:
    """The value at a path that a provider may set; None where it is left out or unknown.

    Both mean the same: the Pulumi engine shows as unknown what a program leaves to the provider.
    """
    value = at(node.inputs, path)
    return None if isinstance(value, Placeholder) else value


def text(node: Node, *paths: str) -> str:
    """The text at the first path that has one; raises `UnpricedError` where none has."""
    for path in paths:
        if isinstance(value := known(node, path), str) and value:
            return value
    raise _missing(node, paths[0])


def number(node: Node, *paths: str) -> int:
    """The integer at the first path that has a value; raises `UnpricedError` where none has."""
    for path in paths:
        if (value := known(node, path)) is not None:
            return _integer(path, value)
    raise _missing(node, paths[0])


def count(node: Node, path: str) -> int:
    """The integer at a path, 0 where it is left out; raises `UnpricedError` where it is unknown."""
    value = given(node, path)
    return 0 if value is None else _integer(path, value)


def maps(node: Node, path: str) -> list[Mapping[str, Any]]:
    """The list of maps at a path that a provider may set; raises `UnpricedError` where an entry is unknown."""
    value = known(node, path)
    entries = [] if value is None else value
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise UnpricedError(f"{path} {UNKNOWN}")
    return entries


def _integer(path: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UnpricedError(f"{path} is {value!r}, and an integer of at least 0 is needed")
    return value


def _missing(node: Node, path: str) -> UnpricedError:
    reason = UNKNOWN if isinstance(at(node.inputs, path), Placeholder) else "is not declared"
    return UnpricedError(f"{path} {reason}")


def region_of(place: str) -> str:
    """The region of a region or of a zone."""
    return ZONE.sub("", place)


def team_of(node: Node) -> str | None:
    """The label `team` of a resource, by which the bill is split; None without one."""
    label = at(node.inputs, f"{label_path(node.type)}.team")
    return label.value if isinstance(label, Placeholder) else label or None
