"""What a rule is: a pure generator over one declared resource, or over all of them."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from groundwork.cost import Book, Estimate, estimate, load
from groundwork.graph import Graph, Node

Level = Literal["advisory", "mandatory", "disabled"]


class Parameters(BaseModel):
    """What `policy/policies.yaml` can set for a rule; a rule that has nothing to set takes this one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True)
class Changed:
    """What would happen to a resource: `op` is delete or replace, `guard` is what protects it, where something does."""

    urn: str
    name: str
    op: str
    holds: str | None = None
    guard: str | None = None


@functools.cache
def book() -> Book:
    """The price book, read once."""
    return load()


def without_usage(graph: Graph) -> Estimate:
    """The estimate of a graph of which nobody says what is used."""
    return estimate(graph, book())


@dataclass(frozen=True)
class Asked(Generic[P]):
    """What a rule is told beside what it judges: its parameters, the day, and the resource's provider, if declared.

    `changes` are what a preview found that would be lost. The engine itself does not tell a pack of any.
    `cost` gives the estimate of a graph, and raises `UserError` where the usage that the project declares is wrong.
    """

    parameters: P
    today: dt.date
    provider: Node | None = None
    changes: tuple[Changed, ...] = ()
    cost: Callable[[Graph], Estimate] = without_usage


Check = Callable[[Node, Asked[P]], Iterator[str]]
StackCheck = Callable[[Graph, Asked[P]], Iterator[tuple[str, str]]]


def _runbook(name: str) -> str:
    return f"runbooks/rules/{name}.md"


@dataclass(frozen=True)
class Rule(Generic[P]):
    """A rule. `check` takes a resource, and yields one message for each thing that is wrong.

    Inputs may be unknown while a plan is made; a rule says by itself what it makes of that.
    """

    name: str
    description: str
    level: Level
    check: Check[P]
    parameters: type[P]

    @property
    def runbook(self) -> str:
        """What to do about a violation, as a path in the repository."""
        return _runbook(self.name)

    def ask(
        self, node: Node, provider: Node | None = None, *, today: dt.date = dt.date.min, **parameters: Any
    ) -> list[str]:
        """What the rule says with these parameters on a day; without one, nothing has ended yet."""
        return list(self.check(node, Asked(self.parameters(**parameters), today, provider)))


@dataclass(frozen=True)
class StackRule(Generic[P]):
    """A rule on what only the whole graph shows. `check` yields the URN and the message of each thing that is wrong.

    The URN is empty where something is missing and there is no stack to blame. Under the real engine the graph holds
    what the providers made of the inputs, so what a program leaves to a provider is unknown there.
    """

    name: str
    description: str
    level: Level
    check: StackCheck[P]
    parameters: type[P]

    @property
    def runbook(self) -> str:
        """What to do about a violation, as a path in the repository."""
        return _runbook(self.name)

    def ask(
        self,
        graph: Graph,
        *changes: Changed,
        today: dt.date = dt.date.min,
        cost: Callable[[Graph], Estimate] = without_usage,
        **parameters: Any,
    ) -> list[tuple[str, str]]:
        """What the rule says with these parameters on a day; without one, nothing has ended yet."""
        return list(self.check(graph, Asked(self.parameters(**parameters), today, changes=changes, cost=cost)))


AnyRule = Rule[Any] | StackRule[Any]
