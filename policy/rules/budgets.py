"""Every stack and every team that spends has a budget, and no budget is below what the declared minimum costs.

A budget is what somebody expects to spend, so it is measured by the estimate's low end: less than that is spent in no
month, and a budget below it warns every month until nobody reads the warnings. Below the high end a budget is no
mistake, since pools are not at their most all month; that is an advice. Both ends are those of `groundwork cost`, with
the use that `usage/<stack>.yaml` declares. What is not priced (`groundwork cost` lists it)
comes on top of both ends. Values that are unknown count as wrong: a limit must not be decided during an update.

The budget of the stack is called ``<stack>``, that of a team ``<stack>/<team>``.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from groundwork.cost import Estimate
from groundwork.cost.estimate import UNASSIGNED, Range
from groundwork.cost.inputs import team_of
from groundwork.cost.resource_types import POOL
from groundwork.errors import UserError
from groundwork.graph import STACK_TYPE, Graph, Node, Placeholder, at
from policy.rules._rule import Asked, Parameters, StackRule

BUDGET: Final = "gcp:billing/budget:Budget"
AMOUNT: Final = "amount.specifiedAmount"
FILTER: Final = "budgetFilter.labels"
PERIOD: Final = "budgetFilter.calendarPeriod"
CUSTOM_PERIOD: Final = "budgetFilter.customPeriod"
# https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets#calendarperiod
MONTHLY: Final = ("MONTH", "CALENDAR_PERIOD_UNSPECIFIED")
# What somebody sends a bill for, by the type's package. Objects run on machines that are priced elsewhere, or owned.
BILLED: Final = ("gcp:",)


def check(graph: Graph, asked: Asked[Parameters]) -> Iterator[tuple[str, str]]:
    """One message for each budget that is missing or cannot be right, or that the least declared cost exceeds."""
    stack = next((node.urn for node in graph if node.type == STACK_TYPE), "")
    try:
        found = asked.cost(graph)
    except UserError as error:
        # Figures that leave out what somebody declares would be too low, and a budget that is too small would pass.
        yield stack, f"nothing can be held against budgets: {error.line()}"
        return
    budgets = _budgets(graph)
    for node in budgets:
        yield from ((node.urn, message) for message in _wrong(graph, node, found.book.currency))
    for one in found.resources:
        if team_of(node := graph.nodes[one.urn]) == Placeholder.UNKNOWN.value:
            yield one.urn, f"no team's budget is held against {node.name}: whose it is is not known before the update"
    names = {node.inputs.get("displayName") for node in budgets}
    for name, what in _needed(graph, found):
        if name not in names:
            yield stack, f"there is no budget for {what}; declare one with the displayName {name}"
    for node, name, amount, cost in _measured(graph, found):
        if amount < cost.low:
            yield node.urn, _short(found, name, amount, cost.low, "least")


def advise(graph: Graph, asked: Asked[Parameters]) -> Iterator[tuple[str, str]]:
    """One message for each budget that covers the least declared cost and not the most, and each unpriced pool."""
    try:
        found = asked.cost(graph)
    except UserError:  # `budgets` says so
        return
    for node, name, amount, cost in _measured(graph, found):
        if cost.low <= amount < cost.high:
            yield node.urn, _short(found, name, amount, cost.high, "most")
    priced = {one.urn for one in found.resources}
    for one in found.unpriced:
        node = graph.nodes[one.urn]
        if node.type == POOL and one.urn not in priced:
            # Machines are most of a bill; a verdict that leaves some out has to say so.
            yield one.urn, f"no budget is held against {node.name}, whose machines have no price: {one.why}"


def _short(found: Estimate, name: str, amount: Decimal, cost: Decimal, end: str) -> str:
    """By how much one end of what is declared exceeds its budget."""
    costs = f"{cost:,} {found.book.currency} a month at the {end}"
    return f"{name}: what is declared costs {costs}, {cost - amount:,} more than the budget of {amount:,}"


def _budgets(graph: Graph) -> list[Node]:
    return [node for node in graph if node.type == BUDGET]


def _needed(graph: Graph, found: Estimate) -> Iterator[tuple[str, str]]:
    """The names of the budgets that the stack must have, and what each is for. What nobody can be billed needs none."""
    if any(node.type.startswith(BILLED) for node in graph):
        yield graph.stack, f"the stack {graph.stack}"
    unpriced = (graph.nodes[one.urn] for one in found.unpriced)
    spending = {team_of(node) or UNASSIGNED for node in unpriced if node.type.startswith(BILLED)}
    for team in sorted({*found.by_team(), *spending}):
        if team not in (
            UNASSIGNED,
            Placeholder.UNKNOWN.value,
        ):  # reported by `labels` and by `check`
            yield f"{graph.stack}/{team}", f"the team {team}"


def _measured(graph: Graph, found: Estimate) -> Iterator[tuple[Node, str, Decimal, Range]]:
    """The budgets whose amount can be compared, with their names and what they should cover."""
    costs = {f"{graph.stack}/{team}": cost for team, cost in found.by_team().items()} | {graph.stack: found.total}
    for node in _budgets(graph):
        name = node.inputs.get("displayName")
        if (
            isinstance(name, str)
            and name in costs
            and isinstance(amount := _amount(node, found.book.currency), Decimal)
        ):
            yield node, name, amount, costs[name]


def _wrong(graph: Graph, node: Node, currency: str) -> Iterator[str]:
    """What is wrong with a budget by itself: whose it is, how much, and whether it counts what it is named for."""
    name = node.inputs.get("displayName")
    if not isinstance(name, str):
        yield f"{node.name}: displayName is not known before the update, so nobody can say whose budget it is"
        return
    if isinstance(message := _amount(node, currency), str):
        yield f"{name}: {message}"
    if period := _other_period(node):
        yield f"{name}: {period}"
    counted = at(node.inputs, FILTER)
    team = name.removeprefix(f"{graph.stack}/")
    if name == graph.stack and isinstance(counted, dict) and counted:
        yield f"{name}: {FILTER} leaves a part of the stack out; the budget of a stack counts all"
    if name != team and not (isinstance(counted, dict) and counted.get("team") == team):
        yield f"{name}: {FILTER} does not choose team: {team}, so the budget counts what others spend"


def _other_period(node: Node) -> str | None:
    """What is wrong where the amount is not for a month, as the estimate is. A mark is the provider's own answer."""
    period = at(node.inputs, PERIOD)
    if isinstance(period, str) and period not in MONTHLY:
        return f"{PERIOD} is {period}, and costs are reckoned by the month; make it MONTH"
    if at(node.inputs, CUSTOM_PERIOD) not in (None, Placeholder.UNKNOWN):
        return f"{CUSTOM_PERIOD} is set, and costs are reckoned by the month; take it out"
    return None


def _amount(node: Node, currency: str) -> Decimal | str:
    """The monthly amount in whole units of the currency, or what is wrong with it."""
    amount = at(node.inputs, AMOUNT)
    unit, units = at(node.inputs, f"{AMOUNT}.currencyCode"), at(node.inputs, f"{AMOUNT}.units")
    if amount is None:
        return f"{AMOUNT} is missing; a budget without an amount of its own follows what was spent"
    if isinstance(units, Placeholder) or isinstance(unit, Placeholder):
        return f"{AMOUNT} is not known before the update; write it out"
    if unit != currency:
        return f"currencyCode is {unit}, and prices are in {currency}; name it {currency}"
    try:
        found = Decimal(units or 0)
    except (InvalidOperation, TypeError, ValueError):
        found = Decimal("NaN")
    if not found.is_finite():
        return f"units is {units!r}, which is no number"
    return found if found > 0 else f"units is {found}; a budget is above zero"


RULE: Final = StackRule(
    name="budgets",
    description="The stack and every team that spends have a budget, and none is below what the declared minimum costs",
    level="mandatory",
    check=check,
    parameters=Parameters,
)

HEADROOM: Final = StackRule(
    name="budget-headroom",
    description="Budgets cover what is declared at its most, and each pool has a price that they can be held against",
    level="advisory",
    check=advise,
    parameters=Parameters,
)
