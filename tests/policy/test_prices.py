"""Prices in the pack: the figures of `groundwork cost`, with the same usage, estimated once for each graph."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from groundwork import policy_client
from groundwork.cost import Book, request
from groundwork.cost.estimate import Range
from groundwork.cost.purchase import Purchase
from groundwork.cost.request import Request, price
from groundwork.errors import UserError
from groundwork.graph import Graph, Placeholder
from groundwork.pack_environment import PROJECT, PURCHASE, USAGE
from groundwork.project import Project
from policy import waivers
from policy.configuration import Configuration, Configured, Waiver
from policy.prices import Prices
from policy.rules import budget_headroom, budgets
from policy.rules._budgets import BUDGET
from policy.rules._rule import Context, Parameters
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
    """A project with the pack and a usage file."""
    shutil.copytree(ROOT / "policy", root / "policy", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "policy" / "policies.yaml").write_text("rules: {}\n", encoding="utf-8")
    (root / "groundwork").symlink_to(ROOT / "groundwork")
    (root / "runbooks").symlink_to(ROOT / "runbooks")
    if usage:
        (root / "usage").mkdir()
        (root / "usage" / "dev.yaml").write_text(usage, encoding="utf-8")
    return Project(root, "sample")


def _with_budgets(graph: Graph, units: str) -> Graph:
    """The graph with this amount in each of its budgets."""
    nodes = []
    for node in graph:
        inputs: dict[str, Any] = dict(node.inputs)
        if node.type == BUDGET:
            inputs["amount"] = {"specifiedAmount": {**inputs["amount"]["specifiedAmount"], "units": units}}
        nodes.append(dataclasses.replace(node, inputs=inputs))
    return Graph.of(graph.stack, graph.engine, nodes)


@pytest.mark.parametrize("name", CLOUD_STACKS)
def test_pack_compares_budgets_with_the_costs_of_the_command_line(
    project: Project, graphs: dict[str, Graph], name: str
) -> None:
    """Over the protocol the pack reports, to the cent, the costs that `groundwork cost` prints."""
    found = price(project.root, Request(), graphs[name])
    costs = {name: found.total, **{f"{name}/{team}": cost for team, cost in found.by_team().items()}}

    low = policy_client.judge(project, _with_budgets(graphs[name], "1")).violations
    said = {one.message.partition(":")[0]: one.message for one in low if one.rule == "budgets"}
    expected = {key: cost for key, cost in costs.items() if cost.low > 1 and "(" not in key}
    assert said.keys() == expected.keys()
    assert all(f" the minimum cost is {cost.low:,} USD a month" in said[key] for key, cost in expected.items())

    between = int(found.total.low) + 1
    high = policy_client.judge(project, _with_budgets(graphs[name], str(between))).violations
    said = {one.message.partition(":")[0]: one.message for one in high if one.rule == "budget-headroom"}
    assert f" the maximum cost is {found.total.high:,} USD a month" in said[name]


def test_declared_usage_counts(tmp_path: Path) -> None:
    """The declared size of a bucket is part of the cost that the budget is compared with."""
    project = _project(tmp_path, "buckets: {raw: {stored_gib: 1000}}\n")
    graph = stack(POOL, BUCKET, *SMALL)
    total = price(project.root, Request(), graph).total

    (message,) = [
        one.message for one in policy_client.judge(project, graph).mandatory if one.message.startswith("dev:")
    ]

    assert total.low == Decimal("138.71")  # 118.71, and 1000 x 0.02
    assert message.startswith("dev: the minimum cost is 138.71 USD a month, 137.71 above the budget of 1: ")


def test_pack_uses_the_prices_of_the_preview(tmp_path: Path) -> None:
    """Another usage file and another purchase option reach the pack."""
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

    assert f" the minimum cost is {low} USD a month" in message
    assert low < Decimal("128.71")


def test_limits_of_the_cluster_count(tmp_path: Path) -> None:
    """A pool that names its cluster by an output counts against the limits of that cluster in the pack, too."""
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
    assert f" the maximum cost is {high:,} USD a month" in message


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        ("buckets: {raws: {stored_gib: 1}}", "usage/dev.yaml:1: buckets.raws: the stack has no data-raws-bucket"),
        (
            "buckets: {raw: {stored_gb: 1}}",
            "usage/dev.yaml:1: buckets.raw.stored_gb: unknown key (did you mean stored_gib?)",
        ),
        ("buckets: {raw: {stored_gib: -1}}", "usage/dev.yaml:1: buckets.raw.stored_gib: -1 is not an amount"),
    ],
)
def test_invalid_usage_is_one_violation(tmp_path: Path, usage: str, words: str) -> None:
    """Without valid usage no budget is compared: one message, with the file and the key."""
    found = policy_client.judge(_project(tmp_path, usage), stack(POOL, BUCKET, *SMALL)).violations

    (one,) = [one for one in found if "budget" in one.rule]
    assert (one.rule, one.level, one.urn) == ("budgets", "mandatory", STACK)
    assert one.message.startswith("budgets cannot be checked: ")
    assert words in one.message


def test_unreadable_usage_stops_the_pack(tmp_path: Path) -> None:
    """A usage file that is not valid YAML is an error of one line, and no verdict."""
    project = _project(tmp_path, "buckets: {\n")

    with pytest.raises(UserError, match=r"usage/dev\.yaml:\d+: ") as caught:
        policy_client.judge(project, stack(POOL))

    assert "\n" not in caught.value.message


def test_unknown_purchase_option_is_an_error() -> None:
    """A misspelled purchase option is not priced as another one."""
    with pytest.raises(UserError, match="GROUNDWORK_PURCHASE: unknown purchase option cheap"):
        Prices.of({PURCHASE: "cheap"})


def test_graph_is_estimated_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two rules and the list of waivers share the estimate of one graph; another graph has another."""
    estimated = []

    def price(root: Path, how: request.Request, graph: Graph, book: Book) -> Any:
        estimated.append(graph)
        return request.price(root, how, graph, book)

    monkeypatch.setattr("policy.prices.price", price)
    prices = Prices.of({PROJECT: str(tmp_path), USAGE: ""})
    waiver = Waiver(rule="budgets", resource="*", stacks=("dev",), owner="o", reason="r", until=dt.date(2027, 1, 1))
    configuration = Configuration({"budgets": Configured(budgets.RULE, "mandatory", Parameters())}, {"w": waiver})

    # Each rule gets an equal graph, as from a request that is converted again.
    for rule in (budgets.RULE, budget_headroom.RULE, waivers.rule(configuration)):
        list(rule.check(stack(POOL, *SMALL), Context(Parameters(), cost=prices, today=waiver.until)))
    assert len(estimated) == 1

    assert prices(stack(BUCKET)).total == Range()
    assert len(estimated) == 2
