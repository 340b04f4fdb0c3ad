"""The rules `budgets` and `budget-headroom`."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from groundwork import policy_client
from groundwork.graph import Graph, Node, Placeholder
from groundwork.project import Project
from policy.rules import budget_headroom, budgets
from tests.conftest import ROOT
from tests.groundwork.cost.resources import BUDGET, pool, resource, stack
from tests.groundwork.samples import STACK
from tests.policy.asking import ask_stack

# One pool costs between 118.71 and 356.12: tests/groundwork/cost computes it by hand.
POOL = pool("p", "e2-standard-4", "europe-west4", (1, 3))
SHARE = "gcp:filestore/instance:Instance"
LOW, HIGH = "119", "357"  # rounded up to whole units

RULES_OF_A_PACK = """\
from policy.rules import budget_headroom, budgets
from policy.rules._rule import AnyRule, Rule, StackRule

RULES = (budgets.RULE, budget_headroom.RULE)
"""


def _budget(name: Any, units: Any = HIGH, currency: Any = "USD", **inputs: Any) -> Node:
    """A budget; that of a team selects the team's label."""
    amount = {"specifiedAmount": {"currencyCode": currency, "units": units}}
    counted = {"labels": {"team": name.partition("/")[2]}} if isinstance(name, str) and "/" in name else {}
    return resource(
        BUDGET, f"budget-{name}", {"displayName": name, "amount": amount, "budgetFilter": counted, **inputs}
    )


TOTAL, TEAM = _budget("dev"), _budget("dev/vision")

GOOD: dict[str, tuple[Node, ...]] = {
    "budgets above the maximum": (POOL, TOTAL, TEAM),
    "budgets of exactly the minimum": (POOL, _budget("dev", "118.71"), _budget("dev/vision", "118.71")),
    "a team without costs": (POOL, TOTAL, TEAM, _budget("dev/forecasting", "1")),
    "a filter with more labels than the team": (
        POOL, TOTAL, _budget("dev/vision", budgetFilter={"labels": {"team": "vision", "environment": "dev"}}),
    ),
    "a filter that the provider completes": (POOL, _budget("dev", budgetFilter=Placeholder.UNKNOWN), TEAM),
    "no resources": (),
    "Kubernetes objects only": (resource("kubernetes:core/v1:Namespace", "n", {}),),
    "a monthly budget": (POOL, _budget("dev", budgetFilter={"calendarPeriod": "MONTH"}), TEAM),
    "a budget of the default period": (
        POOL, _budget("dev", budgetFilter={"calendarPeriod": "CALENDAR_PERIOD_UNSPECIFIED"}), TEAM,
    ),
    "providers only": (resource("pulumi:providers:gcp", "google", {}),),
    "a pool without labels": (pool("p", "e2-standard-4", "europe-west4", (1, 3), team=""), TOTAL),
}  # fmt: skip

BAD: dict[str, tuple[tuple[Node, ...], list[tuple[str, str]]]] = {
    "unknown team": (
        (pool("p", "e2-standard-4", "europe-west4", (1, 3), team=Placeholder.UNKNOWN), TOTAL),
        [(POOL.urn, "p counts towards no budget: its team label is unknown until pulumi up")],
    ),
    "no budget for the stack": (
        (POOL, TEAM), [(STACK, "the stack dev has no budget with the displayName dev: set billing")],
    ),
    "no budget for a team": (
        (POOL, TOTAL), [(STACK, "the team vision has no budget with the displayName dev/vision: set teams.vision")],
    ),
    "a stack of free resources": (
        (resource("gcp:projects/service:Service", "s", {}),), [(STACK, "the stack dev has no budget")],
    ),
    "too little for the stack": (
        (POOL, budget := _budget("dev", "118"), TEAM),
        [(budget.urn, "dev: the minimum cost is 118.71 USD a month, 0.71 above the budget of 118: raise billing")],
    ),
    "too little for a team": (
        (POOL, TOTAL, budget := _budget("dev/vision", "118")),
        [(budget.urn, "dev/vision: the minimum cost is 118.71 USD a month, 0.71 above the budget of 118: raise")],
    ),
    "another currency": (
        (POOL, budget := _budget("dev", currency="EUR"), TEAM),
        [(budget.urn, "dev: currencyCode is EUR, but prices are in USD: set billing.currency")],
    ),
    "no currency": (
        (POOL, budget := _budget("dev", currency=None), TEAM),
        [(budget.urn, "dev: currencyCode is None, but prices are in USD")],
    ),
    "zero": (
        (POOL, budget := _budget("dev", "0"), TEAM), [(budget.urn, "dev: units is 0: set monthly_budget")],
    ),
    "no units": (
        (POOL, budget := _budget("dev", None), TEAM), [(budget.urn, "dev: units is 0: set monthly_budget")],
    ),
    "text": (
        (POOL, budget := _budget("dev", "plenty"), TEAM),
        [(budget.urn, "dev: units is 'plenty', which is not a number")],
    ),
    "infinity": (
        (POOL, budget := _budget("dev", "Infinity"), TEAM),
        [(budget.urn, "dev: units is 'Infinity', which is not a number")],
    ),
    "not a number": (
        (POOL, budget := _budget("dev", "NaN"), TEAM), [(budget.urn, "dev: units is 'NaN', which is not a number")],
    ),
    "no budget for a team with an unpriced share": (
        (POOL, TOTAL, TEAM, resource(SHARE, "s", {"tier": "ZONAL", "labels": {"team": "maps"}})),
        [(STACK, "the team maps has no budget with the displayName dev/maps: set teams.maps.monthly_budget")],
    ),
    "a yearly budget": (
        (POOL, budget := _budget("dev", budgetFilter={"calendarPeriod": "YEAR"}), TEAM),
        [(budget.urn, "dev: budgetFilter.calendarPeriod is YEAR, but estimates are monthly")],
    ),
    "a budget of a custom period": (
        (POOL, budget := _budget("dev", budgetFilter={"customPeriod": {"startDate": {"year": 2026}}}), TEAM),
        [(budget.urn, "dev: budgetFilter.customPeriod is set, but estimates are monthly")],
    ),
    "unknown units": (
        (POOL, budget := _budget("dev", Placeholder.UNKNOWN), TEAM),
        [(budget.urn, "dev: amount.specifiedAmount is unknown until pulumi up")],
    ),
    "unknown amount": (
        (POOL, budget := _budget("dev", amount=Placeholder.UNKNOWN), TEAM),
        [(budget.urn, "dev: amount.specifiedAmount is unknown until pulumi up")],
    ),
    "last month's amount": (
        (POOL, budget := _budget("dev", amount={"lastPeriodAmount": True}), TEAM),
        [(budget.urn, "dev: amount.specifiedAmount is missing: set monthly_budget")],
    ),
    "unknown name": (
        (POOL, TOTAL, TEAM, budget := _budget(Placeholder.UNKNOWN)),
        [(budget.urn, "displayName is unknown until pulumi up: use dev or dev/<team>")],
    ),
    "a team's budget without a filter": (
        (POOL, TOTAL, budget := _budget("dev/vision", budgetFilter={})),
        [(budget.urn, "dev/vision: budgetFilter.labels does not select the team, so other costs count as well")],
    ),
    "a team's budget with another team": (
        (POOL, TOTAL, budget := _budget("dev/vision", budgetFilter={"labels": {"team": "forecasting"}})),
        [(budget.urn, "dev/vision: budgetFilter.labels does not select the team")],
    ),
    "a stack's budget with a filter": (
        (POOL, budget := _budget("dev", budgetFilter={"labels": {"team": "vision"}}), TEAM),
        [(budget.urn, "dev: budgetFilter.labels excludes a part of the stack")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD)
def test_budgets_of_at_least_the_minimum_pass(case: str) -> None:
    """Nothing is reported where every budget is declared and not below the minimum cost."""
    assert ask_stack(budgets.RULE, stack(*GOOD[case])) == []


@pytest.mark.parametrize("case", BAD)
def test_each_invalid_budget_has_a_message(case: str) -> None:
    """The message is on the budget, or on the stack where there is none, and names the setting."""
    nodes, expected = BAD[case]

    violations = ask_stack(budgets.RULE, stack(*nodes))

    assert [urn for urn, _ in violations] == [urn for urn, _ in expected]
    for (_, message), (_, words) in zip(violations, expected, strict=True):
        assert words in message


def test_all_missing_budgets_are_reported() -> None:
    """A stack without budgets has a message for the stack and one for each team."""
    other = pool("q", "e2-standard-4", "europe-west4", (1, 3), team="forecasting")

    assert [urn for urn, _ in ask_stack(budgets.RULE, stack(POOL, other))] == [STACK, STACK, STACK]


def test_missing_budget_has_no_urn_without_a_stack_node() -> None:
    """A graph without a stack resource has no URN for a missing budget."""
    assert {urn for urn, _ in ask_stack(budgets.RULE, Graph.of("dev", "sdk", [POOL]))} == {""}


def test_budget_below_the_maximum_is_advisory() -> None:
    """A budget between the minimum and the maximum passes `budgets` and is reported by `budget-headroom`."""
    budget = _budget("dev", LOW)
    nodes = stack(POOL, budget, TEAM)

    assert ask_stack(budgets.RULE, nodes) == []
    ((urn, message),) = ask_stack(budget_headroom.RULE, nodes)
    assert urn == budget.urn
    assert message == (
        "dev: the maximum cost is 356.12 USD a month, 237.12 above the budget of 119: "
        "raise billing.monthly_budget or declare less"
    )
    assert budget_headroom.RULE.level == "advisory"


def test_budget_of_exactly_the_minimum_is_below_the_maximum() -> None:
    """`budget-headroom` starts where `budgets` ends."""
    budget = _budget("dev", "118.71")

    assert [urn for urn, _ in ask_stack(budget_headroom.RULE, stack(POOL, budget, TEAM))] == [budget.urn]


def test_only_pools_without_a_price_are_reported() -> None:
    """A share without a price is listed by `groundwork cost`; a pool without a price is a violation."""
    share = resource(SHARE, "s", {"tier": "ZONAL", "labels": {"team": "vision"}})
    mistyped = pool("m", "e2-standard-5", "europe-west4", (1, 3))

    assert [urn for urn, _ in ask_stack(budget_headroom.RULE, stack(POOL, share, mistyped, TOTAL, TEAM))] == [
        mistyped.urn
    ]


@pytest.mark.parametrize("units", [HIGH, "356.12", "118", "0", Placeholder.UNKNOWN])
def test_budget_headroom_ignores_sufficient_and_invalid_budgets(units: Any) -> None:
    """A budget of the maximum is enough, and one below the minimum is reported by `budgets` alone."""
    assert ask_stack(budget_headroom.RULE, stack(POOL, _budget("dev", units), TEAM)) == []


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the policy pack with these two rules only."""
    root = tmp_path_factory.mktemp("pack")
    shutil.copytree(ROOT / "policy", root / "policy", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "policy" / "rules" / "__init__.py").write_text(RULES_OF_A_PACK, encoding="utf-8")
    (root / "policy" / "policies.yaml").write_text("rules: {}\n", encoding="utf-8")
    return Project(root, "sample")


def test_pack_judges_the_stack(pack: Project) -> None:
    """Over the analyzer protocol each rule reports once, with its level and URN."""
    budget = _budget("dev", LOW)

    verdict = policy_client.judge(pack, stack(POOL, budget))

    assert verdict.rules == ("budget-headroom", "budgets")
    assert [(found.rule, found.level, found.urn) for found in verdict.violations] == [
        ("budget-headroom", "advisory", budget.urn),
        ("budgets", "mandatory", STACK),
    ]
    assert "dev/vision" in verdict.mandatory[0].message


def test_pack_passes_unknown_values_to_rules(pack: Project) -> None:
    """Unknown values reach the rules as placeholders, and do not stop them."""
    unknown = pool("u", "e2-standard-4", "europe-west4", (1, 3), spot=Placeholder.UNKNOWN)
    budget = _budget("dev", amount=Placeholder.UNKNOWN)

    violation, advice = policy_client.judge(pack, stack(POOL, unknown, budget, TEAM)).ranked

    assert violation.urn == budget.urn
    assert "unknown until pulumi up" in violation.message
    assert (advice.rule, advice.urn) == ("budget-headroom", unknown.urn)
    assert advice.message.startswith("u counts towards no budget: its machines have no price (nodeConfig.spot is")


def test_pack_accepts_sufficient_budgets(pack: Project) -> None:
    """Sufficient budgets are not a violation over the protocol either."""
    assert policy_client.judge(pack, stack(POOL, TOTAL, TEAM)).violations == ()
