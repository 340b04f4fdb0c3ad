"""The rules `budgets` and `budget-headroom`."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from groundwork import policy_client
from groundwork.graph import Graph, Node, Placeholder
from groundwork.project import Project
from policy.rules.budgets import HEADROOM, RULE
from tests.conftest import ROOT
from tests.groundwork.cost.resources import BUDGET, pool, resource, stack
from tests.groundwork.samples import STACK

# One pool costs 118.71 at the least and 356.12 at the most: tests/groundwork/cost reckons it by hand.
POOL = pool("p", "e2-standard-4", "europe-west4", (1, 3))
SHARE = "gcp:filestore/instance:Instance"
LOW, HIGH = "119", "357"  # the first whole units that cover it

RULES_OF_A_PACK = """\
from policy.rules._rule import AnyRule, Rule, StackRule
from policy.rules.budgets import HEADROOM, RULE

RULES = (RULE, HEADROOM)
"""


def _budget(name: Any, units: Any = HIGH, currency: Any = "USD", **inputs: Any) -> Node:
    """A budget; that of a team counts the team, as it should."""
    amount = {"specifiedAmount": {"currencyCode": currency, "units": units}}
    counted = {"labels": {"team": name.partition("/")[2]}} if isinstance(name, str) and "/" in name else {}
    return resource(
        BUDGET, f"budget-{name}", {"displayName": name, "amount": amount, "budgetFilter": counted, **inputs}
    )


WHOLE, TEAM = _budget("dev"), _budget("dev/vision")

GOOD: dict[str, tuple[Node, ...]] = {
    "budgets that cover the most": (POOL, WHOLE, TEAM),
    "budgets that cover the least to the cent": (POOL, _budget("dev", "118.71"), _budget("dev/vision", "118.71")),
    "a team that has not spent yet": (POOL, WHOLE, TEAM, _budget("dev/forecasting", "1")),
    "a filter that chooses more than the team": (
        POOL, WHOLE, _budget("dev/vision", budgetFilter={"labels": {"team": "vision", "environment": "dev"}}),
    ),
    "a filter that the provider fills in": (POOL, _budget("dev", budgetFilter=Placeholder.UNKNOWN), TEAM),
    "nothing that is billed": (),
    "objects in a cluster that nobody bills": (resource("kubernetes:core/v1:Namespace", "n", {}),),
    "a budget of a month": (POOL, _budget("dev", budgetFilter={"calendarPeriod": "MONTH"}), TEAM),
    "providers alone": (resource("pulumi:providers:gcp", "google", {}),),
    "a pool that nobody labelled": (pool("p", "e2-standard-4", "europe-west4", (1, 3), team=""), WHOLE),
}  # fmt: skip

BAD: dict[str, tuple[tuple[Node, ...], list[tuple[str, str]]]] = {
    "nobody knows whose": (
        (pool("p", "e2-standard-4", "europe-west4", (1, 3), team=Placeholder.UNKNOWN), WHOLE),
        [(POOL.urn, "no team's budget is held against p: whose it is is not known before the update")],
    ),
    "no budget for the stack": (
        (POOL, TEAM), [(STACK, "there is no budget for the stack dev; declare one with the displayName dev")],
    ),
    "no budget for a team": (
        (POOL, WHOLE), [(STACK, "there is no budget for the team vision; declare one with the displayName dev/vision")],
    ),
    "a stack of free resources": (
        (resource("gcp:projects/service:Service", "s", {}),), [(STACK, "there is no budget for the stack dev")],
    ),
    "too little for the stack": (
        (POOL, budget := _budget("dev", "118"), TEAM),
        [(budget.urn, "dev: what is declared costs 118.71 USD a month at the least, 0.71 more than the budget of 118")],
    ),
    "too little for a team": (
        (POOL, WHOLE, budget := _budget("dev/vision", "118")),
        [(budget.urn, "dev/vision: what is declared costs 118.71 USD a month at the least, 0.71 more than")],
    ),
    "another currency": (
        (POOL, budget := _budget("dev", currency="EUR"), TEAM),
        [(budget.urn, "dev: currencyCode is EUR, and prices are in USD; name it USD")],
    ),
    "no currency": (
        (POOL, budget := _budget("dev", currency=None), TEAM),
        [(budget.urn, "dev: currencyCode is None, and prices are in USD; name it USD")],
    ),
    "nought": (
        (POOL, budget := _budget("dev", "0"), TEAM), [(budget.urn, "dev: units is 0; a budget is above zero")],
    ),
    "no units": (
        (POOL, budget := _budget("dev", None), TEAM), [(budget.urn, "dev: units is 0; a budget is above zero")],
    ),
    "words": (
        (POOL, budget := _budget("dev", "plenty"), TEAM), [(budget.urn, "dev: units is 'plenty', which is no number")],
    ),
    "no number that ends": (
        (POOL, budget := _budget("dev", "Infinity"), TEAM),
        [(budget.urn, "dev: units is 'Infinity', which is no number")],
    ),
    "not a number": (
        (POOL, budget := _budget("dev", "NaN"), TEAM), [(budget.urn, "dev: units is 'NaN', which is no number")],
    ),
    "no budget for a team whose share has no price": (
        (POOL, WHOLE, TEAM, resource(SHARE, "s", {"tier": "ZONAL", "labels": {"team": "maps"}})),
        [(STACK, "there is no budget for the team maps; declare one with the displayName dev/maps")],
    ),
    "a budget of a year": (
        (POOL, budget := _budget("dev", budgetFilter={"calendarPeriod": "YEAR"}), TEAM),
        [(budget.urn, "dev: budgetFilter.calendarPeriod is YEAR, and costs are reckoned by the month")],
    ),
    "a budget from a day to another": (
        (POOL, budget := _budget("dev", budgetFilter={"customPeriod": {"startDate": {"year": 2026}}}), TEAM),
        [(budget.urn, "dev: budgetFilter.customPeriod is set, and costs are reckoned by the month")],
    ),
    "unknown units": (
        (POOL, budget := _budget("dev", Placeholder.UNKNOWN), TEAM),
        [(budget.urn, "dev: amount.specifiedAmount is not known before the update; write it out")],
    ),
    "unknown amount": (
        (POOL, budget := _budget("dev", amount=Placeholder.UNKNOWN), TEAM),
        [(budget.urn, "dev: amount.specifiedAmount is not known before the update; write it out")],
    ),
    "last month's amount": (
        (POOL, budget := _budget("dev", amount={"lastPeriodAmount": True}), TEAM),
        [(budget.urn, "dev: amount.specifiedAmount is missing; a budget without an amount of its own follows")],
    ),
    "unknown name": (
        (POOL, WHOLE, TEAM, budget := _budget(Placeholder.UNKNOWN)),
        [(budget.urn, "displayName is not known before the update, so nobody can say whose budget it is")],
    ),
    "a team's budget that counts all": (
        (POOL, WHOLE, budget := _budget("dev/vision", budgetFilter={})),
        [(budget.urn, "dev/vision: budgetFilter.labels does not choose team: vision, so the budget counts")],
    ),
    "a team's budget that counts another": (
        (POOL, WHOLE, budget := _budget("dev/vision", budgetFilter={"labels": {"team": "forecasting"}})),
        [(budget.urn, "dev/vision: budgetFilter.labels does not choose team: vision")],
    ),
    "a stack's budget that counts a part": (
        (POOL, budget := _budget("dev", budgetFilter={"labels": {"team": "vision"}}), TEAM),
        [(budget.urn, "dev: budgetFilter.labels leaves a part of the stack out; the budget of a stack counts all")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD)
def test_stacks_with_budgets_pass(case: str) -> None:
    """Nothing is said where every budget is there and is not below the least."""
    assert RULE.ask(stack(*GOOD[case])) == []


@pytest.mark.parametrize("case", BAD)
def test_each_fault_has_its_own_message(case: str) -> None:
    """The message stands at the budget, or at the stack where there is none, and says what would be right."""
    nodes, expected = BAD[case]

    found = RULE.ask(stack(*nodes))

    assert [urn for urn, _ in found] == [urn for urn, _ in expected]
    for (_, message), (_, words) in zip(found, expected, strict=True):
        assert words in message


def test_all_faults_are_said_at_once() -> None:
    """A stack without any budget hears of each that is missing."""
    other = pool("q", "e2-standard-4", "europe-west4", (1, 3), team="forecasting")

    assert [urn for urn, _ in RULE.ask(stack(POOL, other))] == [STACK, STACK, STACK]


def test_without_a_stack_node_a_missing_budget_has_no_urn() -> None:
    """What is not there has no place in the graph."""
    assert {urn for urn, _ in RULE.ask(Graph.of("dev", "sdk", [POOL]))} == {""}


def test_a_budget_below_the_most_is_an_advice() -> None:
    """Between the ends a budget is allowed, and said to be less than the pools cost at their most."""
    budget = _budget("dev", LOW)
    nodes = stack(POOL, budget, TEAM)

    assert RULE.ask(nodes) == []
    assert HEADROOM.ask(nodes) == [
        (budget.urn, "dev: what is declared costs 356.12 USD a month at the most, 237.12 more than the budget of 119")
    ]
    assert HEADROOM.level == "advisory"


@pytest.mark.parametrize("units", [HIGH, "356.12", "118", "0", Placeholder.UNKNOWN])
def test_there_is_no_advice_above_the_most_or_on_what_is_wrong(units: Any) -> None:
    """A budget that covers all needs no advice, and one that the mandatory rule refuses has heard enough."""
    assert HEADROOM.ask(stack(POOL, _budget("dev", units), TEAM)) == []


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the policy pack that has the two rules and no other."""
    root = tmp_path_factory.mktemp("pack")
    shutil.copytree(ROOT / "policy", root / "policy", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "policy" / "rules" / "__init__.py").write_text(RULES_OF_A_PACK, encoding="utf-8")
    (root / "policy" / "policies.yaml").write_text("rules: {}\n", encoding="utf-8")
    return Project(root, "sample")


def test_the_pack_asks_for_the_whole_stack(pack: Project) -> None:
    """Over the engine's protocol each rule answers once, with its level and the URN that it names."""
    budget = _budget("dev", LOW)

    verdict = policy_client.judge(pack, stack(POOL, budget))

    assert verdict.rules == ("budget-headroom", "budgets")
    assert [(found.rule, found.level, found.urn) for found in verdict.violations] == [
        ("budget-headroom", "advisory", budget.urn),
        ("budgets", "mandatory", STACK),
    ]
    assert "dev/vision" in verdict.mandatory[0].message


def test_the_pack_copes_with_what_is_unknown(pack: Project) -> None:
    """Unknown values reach the rule as such, and do not stop it."""
    unknown = pool("u", "e2-standard-4", "europe-west4", (1, 3), spot=Placeholder.UNKNOWN)
    budget = _budget("dev", amount=Placeholder.UNKNOWN)

    violation, advice = policy_client.judge(pack, stack(POOL, unknown, budget, TEAM)).ranked

    assert violation.urn == budget.urn
    assert "not known before the update" in violation.message
    assert (advice.rule, advice.urn) == ("budget-headroom", unknown.urn)
    assert advice.message.startswith(
        "no budget is held against u, whose machines have no price: nodeConfig.spot is unknown"
    )


def test_the_pack_is_content_where_all_is_right(pack: Project) -> None:
    """Covered budgets are no violation over the protocol either."""
    assert policy_client.judge(pack, stack(POOL, WHOLE, TEAM)).violations == ()
