"""The rule `budgets`. The budget of the stack has the display name ``<stack>``, that of a team ``<stack>/<team>``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.cost import Estimate
from groundwork.cost.estimate import UNASSIGNED
from groundwork.cost.inputs import team_of
from groundwork.errors import UserError
from groundwork.graph import STACK_TYPE, Graph, Node, Placeholder, at
from policy.rules._budgets import BUDGET, amount_of, comparable, exceeds, setting_of
from policy.rules._rule import Context, Parameters, StackRule

FILTER: Final = "budgetFilter.labels"
PERIOD: Final = "budgetFilter.calendarPeriod"
CUSTOM_PERIOD: Final = "budgetFilter.customPeriod"
# https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets#calendarperiod
MONTHLY: Final = ("MONTH", "CALENDAR_PERIOD_UNSPECIFIED")
# Resources that Google bills, by the package of their type. Objects of Kubernetes run on machines that are priced.
BILLED: Final = "gcp:"


def check(graph: Graph, context: Context[Parameters]) -> Iterator[tuple[str, str]]:
    """One message for each budget that is missing, invalid, or below the minimum cost."""
    stack = next((node.urn for node in graph.of_type(STACK_TYPE)), "")
    try:
        estimate = context.cost(graph)
    except UserError as error:
        # Without the declared usage the estimate would be too low, and a budget that is too small would pass.
        yield stack, f"budgets cannot be checked: {error.line()}"
        return
    budgets = graph.of_type(BUDGET)
    for node in budgets:
        yield from ((node.urn, message) for message in _invalid(graph, node, estimate.book.currency))
    for priced in estimate.resources:
        if team_of(node := graph.nodes[priced.urn]) == Placeholder.UNKNOWN.value:
            yield node.urn, f"{node.name} counts towards no budget: its team label is unknown until pulumi up"
    names = {node.inputs.get("displayName") for node in budgets}
    for name, owner in _required(graph, estimate):
        if name not in names:
            yield stack, f"{owner} has no budget with the displayName {name}: set {setting_of(name)}"
    for node, name, amount, cost in comparable(graph, estimate):
        if amount < cost.low:
            yield node.urn, exceeds(estimate, name, amount, cost.low, "minimum")


def _required(graph: Graph, estimate: Estimate) -> Iterator[tuple[str, str]]:
    """The display names of the budgets that the stack must have, and the owner of each."""
    if any(node.type.startswith(BILLED) for node in graph):
        yield graph.stack, f"the stack {graph.stack}"
    unpriced = (graph.nodes[entry.urn] for entry in estimate.unpriced)
    spending = {team_of(node) or UNASSIGNED for node in unpriced if node.type.startswith(BILLED)}
    for team in sorted({*estimate.by_team(), *spending}):
        if team not in (UNASSIGNED, Placeholder.UNKNOWN.value):  # `labels` reports the first, and `check` the second
            yield f"{graph.stack}/{team}", f"the team {team}"


def _invalid(graph: Graph, node: Node, currency: str) -> Iterator[str]:
    """What is wrong with a budget alone: its owner, its amount, and what it counts."""
    name = node.inputs.get("displayName")
    if not isinstance(name, str):
        yield f"{node.name}: displayName is unknown until pulumi up: use {graph.stack} or {graph.stack}/<team>"
        return
    if isinstance(message := amount_of(node, currency), str):
        yield f"{name}: {message}"
    if period := _other_period(node):
        yield f"{name}: {period}"
    labels = at(node.inputs, FILTER)
    team = name.removeprefix(f"{graph.stack}/")
    if name == graph.stack and isinstance(labels, dict) and labels:
        yield f"{name}: {FILTER} excludes a part of the stack: leave it out of the budget of a stack"
    if name != team and not (isinstance(labels, dict) and labels.get("team") == team):
        yield f"{name}: {FILTER} does not select the team, so other costs count as well: set it to team: {team}"


def _other_period(node: Node) -> str | None:
    """What is wrong where the period is not a month. A placeholder is a default of the provider."""
    period = at(node.inputs, PERIOD)
    if isinstance(period, str) and period not in MONTHLY:
        return f"{PERIOD} is {period}, but estimates are monthly: set it to MONTH"
    if at(node.inputs, CUSTOM_PERIOD) not in (None, Placeholder.UNKNOWN):
        return f"{CUSTOM_PERIOD} is set, but estimates are monthly: remove it"
    return None


RULE: Final = StackRule(
    name="budgets",
    description="The stack and every team with costs have a budget of at least the minimum cost",
    why="""
        A budget is what its owner expects to spend. It is compared with the minimum of the estimate: no month
        costs less, so a budget below it would warn every month until the warnings are ignored. The minimum is
        that of `groundwork cost`, with the usage of `usage/<stack>.yaml`; resources without a price
        (`groundwork cost` lists them) are not included. Unknown values count as violations, since a limit must
        not be decided during an update.

        The budget of a stack has the display name `<stack>`, that of a team `<stack>/<team>`.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
