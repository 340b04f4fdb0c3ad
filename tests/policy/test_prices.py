"""What the pack reckons with: the figures of `groundwork cost`, with the same usage, once for each graph."""

from __future__ import annotations

import dataclasses
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from groundwork import policy_client
from groundwork.cost import request
from groundwork.cost.estimate import Range
from groundwork.cost.purchase import Purchase
from groundwork.cost.request import Request, price
from groundwork.errors import UserError
from groundwork.graph import Graph, Placeholder
from groundwork.project import Project
from policy import waivers
from policy.configuration import Configuration, Configured, Waiver
from policy.prices import PROJECT, PURCHASE, USAGE, Prices
from policy.rules._rule import Asked, Parameters
from policy.rules.budgets import BUDGET, HEADROOM, RULE
from tests.conftest import CLOUD_STACKS, ROOT
from tests.groundwork.cost.resources import CLUSTER, pool, resource, stack
from tests.groundwork.samples import STACK

POOL = pool("p", "e2-standard-4", "europe-west4", (1, 3))
BUCKET = resource("gcp:storage/bucket:Bucket", "data-raw-bucket", {"location": "EUROPE-WEST4"})
SMALL = [
    resource(
        BUDGET,
        f"budget-{name}",
        {
            "displayName": name,
            "amount": {"specifiedAmount": {"currencyCode": "USD", "units": "1"}},
            "budgetFilter": {"labels": {"team": "vision"}} if "/" in name else {},
        },
    )
    for name in ("dev", "dev/vision")
]


def _project(root: Path, usage: str = "") -> Project:
    """A project that has the pack and a usage file."""
    shutil.copytree(ROOT / "policy", root / "policy", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "policy" / "policies.yaml").write_text("rules: {}\n", encoding="utf-8")
    (root / "groundwork").symlink_to(ROOT / "groundwork")
    (root / "runbooks").symlink_to(ROOT / "runbooks")
    if usage:
        (root / "usage").mkdir()
        (root / "usage" / "dev.yaml").write_text(usage, encoding="utf-8")
    return Project(root, "sample")


def _with_budgets(graph: Graph, units: str) -> Graph:
    """The graph with each of its budgets at this amount."""
    nodes = []
    for node in graph:
        inputs: dict[str, Any] = dict(node.inputs)
        if node.type == BUDGET:
            inputs["amount"] = {"specifiedAmount": {**inputs["amount"]["specifiedAmount"], "units": units}}
        nodes.append(dataclasses.replace(node, inputs=inputs))
    return Graph.of(graph.stack, graph.engine, nodes)


@pytest.mark.parametrize("name", CLOUD_STACKS)
def test_the_verdict_is_about_the_figures_of_the_command_line(
    project: Project, graphs: dict[str, Graph], name: str
) -> None:
    """Over the engine's protocol the pack finds, to the cent, what `groundwork cost` prints for the stack's teams."""
    found = price(project.root, Request(), graphs[name])
    costs = {name: found.total, **{f"{name}/{team}": cost for team, cost in found.by_team().items()}}

    low = policy_client.judge(project, _with_budgets(graphs[name], "1")).violations
    said = {one.message.partition(":")[0]: one.message for one in low if one.rule == "budgets"}
    expected = {key: cost for key, cost in costs.items() if cost.low > 1 and "(" not in key}
    assert said.keys() == expected.keys()
    assert all(f" {cost.low:,} USD a month at the least" in said[key] for key, cost in expected.items())

    between = int(found.total.low) + 1
    high = policy_client.judge(project, _with_budgets(graphs[name], str(between))).violations
    said = {one.message.partition(":")[0]: one.message for one in high if one.rule == "budget-headroom"}
    assert f" {found.total.high:,} USD a month at the most" in said[name]


def test_declared_usage_counts(tmp_path: Path) -> None:
    """What a bucket is expected to hold is in the sum that the budget is held against."""
    project = _project(tmp_path, "buckets: {raw: {stored_gib: 1000}}\n")
    graph = stack(POOL, BUCKET, *SMALL)
    total = price(project.root, Request(), graph).total

    (message,) = [
        one.message for one in policy_client.judge(project, graph).mandatory if one.message.startswith("dev:")
    ]

    assert total.low == Decimal("138.71")  # 118.71, and 1000 x 0.02
    assert message == "dev: what is declared costs 138.71 USD a month at the least, 137.71 more than the budget of 1"


def test_a_preview_is_judged_by_the_prices_that_it_shows(tmp_path: Path) -> None:
    """Another usage file and another way to buy reach the pack."""
    other = tmp_path / "other.yaml"
    other.write_text("buckets: {raw: {stored_gib: 500}}\n", encoding="utf-8")
    project = _project(tmp_path, "buckets: {raw: {stored_gib: 1000}}\n")
    graph = stack(POOL, BUCKET, *SMALL)
    asked = Request(Purchase.COMMITTED_1Y, other)
    low = price(project.root, asked, graph).total.low

    (message,) = [
        one.message
        for one in policy_client.judge(project, graph, prices=asked).mandatory
        if one.message.startswith("dev:")
    ]

    assert f" {low} USD a month at the least" in message
    assert low < Decimal("128.71")


def test_what_others_depend_on_counts(tmp_path: Path) -> None:
    """A pool that names its cluster by an output counts against that cluster's limits in the pack, too."""
    cluster = resource(
        CLUSTER,
        "main",
        {
            "name": Placeholder.UNKNOWN,
            "location": "europe-west4",
            "clusterAutoscaling": {"enabled": True, "resourceLimits": [{"resourceType": "cpu", "maximum": 100}]},
        },
    )
    declared = {**POOL.inputs, "cluster": Placeholder.UNKNOWN}
    inside = dataclasses.replace(POOL, inputs=declared, property_dependencies={"cluster": (cluster.urn,)})
    enough = [
        dataclasses.replace(
            node, inputs={**node.inputs, "amount": {"specifiedAmount": {"currencyCode": "USD", "units": "500"}}}
        )
        for node in SMALL
    ]
    graph = stack(cluster, inside, *enough)
    high = price(tmp_path, Request(), graph).total.high

    found = policy_client.judge(_project(tmp_path), graph).violations

    (message,) = [one.message for one in found if one.message.startswith("dev:")]
    assert f" {high:,} USD a month at the most" in message


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        ("buckets: {raws: {stored_gib: 1}}", "usage/dev.yaml: buckets.raws: the stack has no data-raws-bucket"),
        ("buckets: {raw: {stored_gb: 1}}", "usage/dev.yaml: buckets.raw.stored_gb: unknown key (known here: "),
        ("buckets: {raw: {stored_gib: -1}}", "usage/dev.yaml: buckets.raw.stored_gib: -1 is no amount"),
    ],
)
def test_usage_that_leads_nowhere_is_one_violation(tmp_path: Path, usage: str, words: str) -> None:
    """Nothing is held against budgets that something else may exceed: one message, with the file and the key."""
    found = policy_client.judge(_project(tmp_path, usage), stack(POOL, BUCKET, *SMALL)).violations

    (one,) = [one for one in found if "budget" in one.rule]
    assert (one.rule, one.level, one.urn) == ("budgets", "mandatory", STACK)
    assert one.message.startswith("nothing can be held against budgets: ")
    assert words in one.message


def test_usage_that_cannot_be_read_stops_the_pack(tmp_path: Path) -> None:
    """No verdict, and one line."""
    project = _project(tmp_path, "buckets: {\n")

    with pytest.raises(UserError, match=r"usage/dev\.yaml:\d+: ") as caught:
        policy_client.judge(project, stack(POOL))

    assert "\n" not in caught.value.message


def test_a_way_to_buy_that_is_none_is_one_message() -> None:
    """A misspelled way is not priced as another."""
    with pytest.raises(UserError, match="GROUNDWORK_PURCHASE: cheap is no way to buy"):
        Prices.of({PURCHASE: "cheap"})


def test_a_graph_is_estimated_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two rules, and the list of waivers, ask for the cost of one graph; another graph has another."""
    asked = []

    def price(root: Path, how: request.Request, graph: Graph) -> Any:
        asked.append(graph)
        return request.price(root, how, graph)

    monkeypatch.setattr("policy.prices.price", price)
    prices = Prices.of({PROJECT: str(tmp_path), USAGE: ""})
    waiver = Waiver(rule="budgets", resource="*", stacks=("dev",), owner="o", reason="r", until="2027-01-01")
    configuration = Configuration({"budgets": Configured(RULE, "mandatory", Parameters())}, {"w": waiver})

    # The engine's protocol gives each rule a copy of its own.
    for rule in (RULE, HEADROOM, waivers.rule(configuration)):
        list(rule.check(stack(POOL, *SMALL), Asked(Parameters(), cost=prices, today=waiver.until)))
    assert len(asked) == 1

    assert prices(stack(BUCKET)).total == Range()
    assert len(asked) == 2
