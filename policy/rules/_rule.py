"""What a rule is: a pure generator over one declared resource, or over the whole graph."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from groundwork.cost import Estimate, estimate
from groundwork.documents import Model
from groundwork.graph import Graph, Node
from policy.prices import book

Level = Literal["advisory", "mandatory", "disabled"]


class Parameters(Model):
    """Parameters of a rule, which `policy/policies.yaml` can set. This base has none."""


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True)
class LostResource:
    """A resource that a change would delete or replace (`op`).

    `holds` is the data that would be lost with it, `guard` what protects it; None where there is nothing.
    """

    urn: str
    name: str
    op: str
    holds: str | None = None
    guard: str | None = None


def without_usage(graph: Graph) -> Estimate:
    """The estimate of a graph without declared usage."""
    return estimate(graph, book())


@dataclass(frozen=True)
class Context(Generic[P]):
    """What a rule knows in addition to the resource or graph: its parameters, the date and the resource's provider.

    `provider` is None where it is not declared. `lost` are the resources that a preview would delete or replace; the
    engine does not pass changes to a policy pack. `cost` estimates a graph, and raises `UserError` for a usage file
    that is not valid.
    """

    parameters: P
    today: dt.date
    provider: Node | None = None
    lost: tuple[LostResource, ...] = ()
    cost: Callable[[Graph], Estimate] = without_usage


Check = Callable[[Node, Context[P]], Iterator[str]]
StackCheck = Callable[[Graph, Context[P]], Iterator[tuple[str, str]]]


def _runbook(name: str) -> str:
    return f"runbooks/rules/{name}.md"


@dataclass(frozen=True)
class Rule(Generic[P]):
    """A rule on one resource. `check` yields a message for each violation.

    `why` is the paragraph of docs/rules.md. Inputs may be unknown in a plan; each rule decides whether that is a
    violation.
    """

    name: str
    description: str
    why: str
    level: Level
    check: Check[P]
    parameters: type[P]

    @property
    def runbook(self) -> str:
        """The path of the page on what to do about a violation."""
        return _runbook(self.name)


@dataclass(frozen=True)
class StackRule(Generic[P]):
    """A rule on the whole graph. `check` yields the URN and the message of each violation.

    The URN is empty where a resource is missing and the graph has no stack to name. Under the Pulumi engine the graph
    has inputs as the providers complete them, so a value that the program leaves to a provider is unknown there.
    """

    name: str
    description: str
    why: str
    level: Level
    check: StackCheck[P]
    parameters: type[P]

    @property
    def runbook(self) -> str:
        """The path of the page on what to do about a violation."""
        return _runbook(self.name)


AnyRule = Rule[Any] | StackRule[Any]
