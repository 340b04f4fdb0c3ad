"""Sums of money hold for any declared pools."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork.cost import estimate, load
from groundwork.cost.estimate import Range
from groundwork.graph import Node
from tests.groundwork.cost.resources import pool, stack

BOOK = load()
MACHINES = sorted(name for name, machine in BOOK.machines.items() if "europe-west4" in machine.regions)


@st.composite
def _pools(draw: st.DrawFn) -> list[Node]:
    """Some pools, of any machine in any region, priced or not, of a few teams."""
    result = []
    for number in range(draw(st.integers(0, 6))):
        min_nodes = draw(st.integers(0, 50))
        result.append(
            pool(
                f"p{number}",
                draw(st.sampled_from([*MACHINES, "z9-standard-2"])),
                draw(st.sampled_from(["europe-west4", "europe-west1", "us-central1", "asia-east1"])),
                (min_nodes, min_nodes + draw(st.integers(1, 1000))),
                team=draw(st.sampled_from(["vision", "forecasting", ""])),
                spot=draw(st.booleans()),
                diskSizeGb=draw(st.integers(10, 65_536)),
            )
        )
    return result


@settings(deadline=None)
@given(_pools())
def test_totals_equal_the_sums_of_resources_teams_and_components(nodes: list[Node]) -> None:
    """To the cent, and each resource is priced or listed."""
    result = estimate(stack(*nodes), BOOK)

    nothing = Range()
    assert result.total == sum((resource.range for resource in result.resources), nothing)
    assert result.total == sum(result.by_team().values(), nothing)
    assert result.total == sum(result.by_component().values(), nothing)
    assert {node.urn for node in nodes} == {
        *(resource.urn for resource in result.resources),
        *(entry.urn for entry in result.unpriced),
    }
    assert result.total.low <= result.total.high


@settings(deadline=None)
@given(_pools())
def test_json_items_add_up_to_the_totals(nodes: list[Node]) -> None:
    """The printed numbers add up to the printed sums."""
    document = estimate(stack(*nodes), BOOK).to_json(dt.date(2026, 11, 21))

    items = [item for resource in document["resources"] for item in resource["items"]]
    assert Decimal(document["high"]) == sum((Decimal(item["monthly"]) for item in items), Decimal())
    assert Decimal(document["low"]) == sum((Decimal(item["lowMonthly"]) for item in items), Decimal())
    for item in items:
        exact = Decimal(item["quantity"]) * Decimal(item["unitPrice"])
        assert abs(exact - Decimal(item["monthly"])) <= Decimal("0.005")


@settings(deadline=None)
@given(st.sampled_from(MACHINES), st.integers(1, 10_000))
def test_pool_price_is_rounded_once(machine: str, nodes: int) -> None:
    """The price of many machines is the exact price of one, times their number, rounded once."""
    result = estimate(stack(pool("p", machine, "europe-west4", (nodes, nodes))), BOOK)

    (resource,) = result.resources
    price = BOOK.machine_price(machine, "europe-west4")
    assert resource.items[0].monthly_high == (price * 730 * nodes).quantize(Decimal("0.01"), "ROUND_HALF_UP")
