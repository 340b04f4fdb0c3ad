"""Contract for scripts: the keys of `cost --json`, of a preview's `cost` and of a graph's, and money as text."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from groundwork.cost import Estimate, estimate, load
from groundwork.cost.change import Comparison
from groundwork.cost.request import Request
from groundwork.diff.compare import between
from groundwork.preview.pricing import compare_costs
from groundwork.project import Project
from tests.conftest import ROOT
from tests.groundwork.cost.resources import pool, resource, stack

MONEY = re.compile(r"-?\d+\.\d\d")
NUMBER = re.compile(r"\d+(\.\d+)?")
PERCENT = re.compile(r"-?\d+\.\d")

# The keys of the contract, and those added later. A key may be added, never removed.
COST = {"stack", "currency", "priceBook", "low", "high", "byTeam", "byComponent", "resources", "unpriced"}
COST_MORE = {"purchase"}
RESOURCE = {"urn", "low", "high", "items"}
RESOURCE_MORE = {"team", "component"}
ITEM = {"what", "quantity", "unit", "unitPrice", "monthly"}
ITEM_MORE = {"lowQuantity", "lowMonthly", "priceDate"}
RANGE = {"low", "high"}
SIDE = {"low", "high", "byTeam", "byComponent"}
CHANGE = {"low", "high", "lowPercent", "highPercent"}
CHANGE_MORE = {"byTeam", "byComponent", "byResource"}

L4: dict[str, Any] = {"guestAccelerators": [{"type": "nvidia-l4", "count": 1}]}
BUCKET = resource("gcp:storage/bucket:Bucket", "data-raw-bucket", {"location": "EUROPE-WEST4"})
BEFORE = stack(pool("train", "g2-standard-8", "europe-west4", (1, 2), spot=True, **L4), BUCKET)
AFTER = stack(pool("train", "g2-standard-8", "europe-west4", (1, 2), spot=False, **L4), BUCKET)


def _estimate() -> Estimate:
    return estimate(AFTER, load())


def _comparison() -> Comparison:
    return compare_costs(Project(ROOT / "tests", "none"), Request(), BEFORE, AFTER, between(BEFORE, AFTER))


def _documented(heading: str, index: int = 0) -> dict[str, Any]:
    """The example below a heading of docs/contracts.md."""
    section = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    found: dict[str, Any] = json.loads(re.findall(r"```json\n(.*?)```", section, re.DOTALL)[index])
    return found


def _amounts(value: Any, keys: frozenset[str]) -> Iterator[Any]:
    """The values under these keys, anywhere in a document."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in keys and not isinstance(item, dict):
                yield item
            yield from _amounts(item, keys)
    elif isinstance(value, list):
        for item in value:
            yield from _amounts(item, keys)


def _money(document: Any) -> list[Any]:
    return list(_amounts(document, frozenset({"low", "high", "monthly", "lowMonthly"})))


def test_cost_json_has_the_keys_of_its_contract() -> None:
    """No key is missing, and none is undocumented."""
    document = _estimate().to_json(dt.date(2026, 11, 21))

    assert set(document) == COST | COST_MORE
    assert set(document["priceBook"]) == {"date", "ageDays"}
    assert {frozenset(entry) for entry in document["resources"]} == {frozenset(RESOURCE | RESOURCE_MORE)}
    items = [item for entry in document["resources"] for item in entry["items"]]
    assert {frozenset(item) for item in items} == {frozenset(ITEM | ITEM_MORE)}
    assert {frozenset(entry) for entry in document["unpriced"]} == {frozenset({"urn", "why"})}
    for sums in (document["byTeam"], document["byComponent"]):
        assert {frozenset(entry) for entry in sums.values()} == {frozenset(RANGE)}


def test_cost_json_has_money_as_text_with_cents() -> None:
    """A float would lose cents; dates are days, and the age is an integer."""
    document = _estimate().to_json(dt.date(2026, 11, 21))
    items = [item for entry in document["resources"] for item in entry["items"]]

    assert all(isinstance(entry, str) and MONEY.fullmatch(entry) for entry in _money(document))
    quantities = _amounts(items, frozenset({"quantity", "lowQuantity", "unitPrice"}))
    assert all(isinstance(entry, str) and NUMBER.fullmatch(entry) for entry in quantities)
    assert dt.date.fromisoformat(document["priceBook"]["date"]) < dt.date(2026, 11, 21)
    assert isinstance(document["priceBook"]["ageDays"], int)
    assert all(json.loads(json.dumps(item)) == item for item in items)


def test_cost_json_figures_add_up() -> None:
    """Quantity times price is the month; items add up to resources, resources to teams, components and the total."""
    document = _estimate().to_json(dt.date(2026, 11, 21))

    for end, quantity, monthly in (("low", "lowQuantity", "lowMonthly"), ("high", "quantity", "monthly")):
        for entry in document["resources"]:
            for item in entry["items"]:
                product = Decimal(item[quantity]) * Decimal(item["unitPrice"])
                assert abs(product - Decimal(item[monthly])) <= Decimal("0.005")
            assert Decimal(entry[end]) == sum(Decimal(item[monthly]) for item in entry["items"])
        for parts in (document["resources"], document["byTeam"].values(), document["byComponent"].values()):
            assert Decimal(document[end]) == sum(Decimal(entry[end]) for entry in parts)


def test_preview_cost_has_the_keys_of_its_contract() -> None:
    """The keys of each part, money as text, and null for a percentage of zero."""
    document = _comparison().to_json()

    assert {"before", "after", "change"} | {"currency", "priceBook", "purchase", "unpriced"} == set(document)
    assert set(document["before"]) == set(document["after"]) == SIDE
    assert set(document["change"]) == CHANGE | CHANGE_MORE
    for part in CHANGE_MORE:
        assert {frozenset(entry) for entry in document["change"][part].values()} == {frozenset(CHANGE)}
    assert all(isinstance(entry, str) and MONEY.fullmatch(entry) for entry in _money(document))
    percents = list(_amounts(document, frozenset({"lowPercent", "highPercent"})))
    assert percents
    assert all(entry is None or PERCENT.fullmatch(entry) for entry in percents)


def test_documented_examples_have_the_printed_keys() -> None:
    """The examples of docs/contracts.md have the keys that the commands print, and money as text."""
    cost = _documented("`groundwork cost --json`")
    preview = _documented("`groundwork preview --json`", 1)["cost"]
    printed = _comparison().to_json()

    assert set(cost) == COST | COST_MORE
    assert set(cost["resources"][0]) == RESOURCE | RESOURCE_MORE
    assert set(cost["resources"][0]["items"][0]) == ITEM | ITEM_MORE
    assert set(preview) == set(printed)
    assert {side: set(preview[side]) for side in ("before", "after", "change")} == {
        side: set(printed[side]) for side in ("before", "after", "change")
    }
    assert all(MONEY.fullmatch(entry) for entry in (*_money(cost), *_money(preview)))
    section = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8").split("## `groundwork graph --json`")[1]
    named = re.search(r"`cost` next to `nodes` has (.*?), as `groundwork cost", section.split("\n## ")[0], re.DOTALL)
    assert named is not None
    assert set(re.findall(r"`(\w+)`", named[1])) == set(_estimate().sums_json())
