"""Budgets, and the costs that they are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from groundwork.cost import Estimate
from groundwork.cost.estimate import Range
from groundwork.graph import Graph, Node, Placeholder, at

BUDGET: Final = "gcp:billing/budget:Budget"
AMOUNT: Final = "amount.specifiedAmount"


def comparable(graph: Graph, estimate: Estimate) -> Iterator[tuple[Node, str, Decimal, Range]]:
    """The budgets whose amount can be compared with a cost: the resource, its display name, amount and cost."""
    teams = {f"{graph.stack}/{team}": cost for team, cost in estimate.by_team().items()}
    costs = {**teams, graph.stack: estimate.total}
    for node in graph.of_type(BUDGET):
        name, amount = node.inputs.get("displayName"), amount_of(node, estimate.book.currency)
        if isinstance(name, str) and name in costs and isinstance(amount, Decimal):
            yield node, name, amount, costs[name]


def amount_of(node: Node, currency: str) -> Decimal | str:
    """The monthly amount in whole units of the currency, or what is wrong with it."""
    currency_code, units = at(node.inputs, f"{AMOUNT}.currencyCode"), at(node.inputs, f"{AMOUNT}.units")
    if at(node.inputs, AMOUNT) is None:
        return f"{AMOUNT} is missing: set monthly_budget (without an amount the budget follows past spending)"
    if isinstance(units, Placeholder) or isinstance(currency_code, Placeholder):
        return f"{AMOUNT} is unknown until pulumi up: set monthly_budget to a number"
    if currency_code != currency:
        return f"currencyCode is {currency_code}, but prices are in {currency}: set billing.currency to {currency}"
    try:
        amount = Decimal(units or 0)
    except (InvalidOperation, TypeError, ValueError):
        amount = Decimal("NaN")
    if not amount.is_finite():
        return f"units is {units!r}, which is not a number: set monthly_budget to a whole number"
    return amount if amount > 0 else f"units is {amount}: set monthly_budget to a number above zero"


def exceeds(estimate: Estimate, name: str, amount: Decimal, cost: Decimal, bound: str) -> str:
    """The message for a budget below one end of the estimate (`bound`: minimum or maximum)."""
    currency = estimate.book.currency
    return (
        f"{name}: the {bound} cost is {cost:,} {currency} a month, {cost - amount:,} above the budget of {amount:,}: "
        f"raise {setting_of(name)} or declare less"
    )


def setting_of(name: str) -> str:
    """The setting of a budget's amount, by its display name."""
    team = name.partition("/")[2]
    if not team:
        return "billing.monthly_budget"
    return f"teams.{team}.monthly_budget (ownership.monthly_budget for the team of the platform)"
