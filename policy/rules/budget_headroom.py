"""The rule `budget-headroom`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.cost.resource_types import POOL
from groundwork.errors import UserError
from groundwork.graph import Graph
from policy.rules._budgets import comparable, exceeds
from policy.rules._rule import Context, Parameters, StackRule


def check(graph: Graph, context: Context[Parameters]) -> Iterator[tuple[str, str]]:
    """One message for each budget between the minimum and the maximum cost, and for each pool without a price."""
    try:
        estimate = context.cost(graph)
    except UserError:  # reported by the rule `budgets`
        return
    for node, name, amount, cost in comparable(graph, estimate):
        if cost.low <= amount < cost.high:
            yield node.urn, exceeds(estimate, name, amount, cost.high, "maximum")
    priced = {resource.urn for resource in estimate.resources}
    for unpriced in estimate.unpriced:
        node = graph.nodes[unpriced.urn]
        if node.type == POOL and node.urn not in priced:
            # Machines are most of a bill, so a verdict that leaves some out has to say so.
            yield node.urn, f"{node.name} counts towards no budget: its machines have no price ({unpriced.why})"


RULE: Final = StackRule(
    name="budget-headroom",
    description="Budgets cover the maximum cost, and every node pool has a price",
    why="""
        A budget between the minimum and the maximum of the estimate is allowed, since pools are rarely at their
        maximum all month; the advisory shows what a busy month costs. A node pool without a price is missing
        from both, so no budget covers it.
        """,
    level="advisory",
    check=check,
    parameters=Parameters,
)
