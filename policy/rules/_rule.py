"""What a rule is: a pure generator over one declared resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from groundwork.graph import Mark, Node

Check = Callable[[Node, Node | None], Iterator[str]]


@dataclass(frozen=True)
class Rule:
    """A rule. `check` takes a resource and its provider, and yields one message for each thing that is wrong.

    Inputs may be unknown while a plan is made; a rule says by itself what it makes of that.
    """

    name: str
    description: str
    level: Literal["advisory", "mandatory"]
    check: Check


def at(inputs: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, None where there is none, `Mark.UNKNOWN` where a part of the path is unknown."""
    value: Any = inputs
    for key in path.split("."):
        if value is Mark.UNKNOWN:
            return value
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value
