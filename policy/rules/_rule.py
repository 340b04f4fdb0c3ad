"""What a rule is: a pure generator over one declared resource, or over all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from groundwork.graph import Graph, Node

Level = Literal["advisory", "mandatory"]
Check = Callable[[Node, Node | None], Iterator[str]]
StackCheck = Callable[[Graph], Iterator[tuple[str, str]]]


@dataclass(frozen=True)
class Rule:
    """A rule. `check` takes a resource and its provider, and yields one message for each thing that is wrong.

    Inputs may be unknown while a plan is made; a rule says by itself what it makes of that.
    """

    name: str
    description: str
    level: Level
    check: Check


@dataclass(frozen=True)
class StackRule:
    """A rule on what only the whole graph shows. `check` yields the URN and the message of each thing that is wrong.

    The URN is empty where something is missing and there is no stack to blame. Under the real engine the graph holds
    what the providers made of the inputs, so what a program leaves to a provider is unknown there.
    """

    name: str
    description: str
    level: Level
    check: StackCheck
