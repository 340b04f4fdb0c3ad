"""Rules asked alone, without the process of the policy pack."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from groundwork.cost import Estimate
from groundwork.graph import Graph, Node
from policy.rules import Rule, StackRule
from policy.rules._rule import Context, LostResource, without_usage

TODAY: Final = dt.date(2026, 11, 21)


def ask(
    rule: Rule[Any], node: Node, provider: Node | None = None, *, today: dt.date = TODAY, **parameters: Any
) -> list[str]:
    """The messages of a rule on one resource, with these parameters."""
    return list(rule.check(node, Context(rule.parameters(**parameters), today, provider)))


def ask_stack(
    rule: StackRule[Any],
    graph: Graph,
    *lost: LostResource,
    today: dt.date = TODAY,
    cost: Callable[[Graph], Estimate] = without_usage,
    **parameters: Any,
) -> list[tuple[str, str]]:
    """The URNs and messages of a rule on a graph, with these parameters."""
    return list(rule.check(graph, Context(rule.parameters(**parameters), today, lost=lost, cost=cost)))
