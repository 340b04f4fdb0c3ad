"""Sums of money, for whatever is declared."""

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
    found = []
    for number in range(draw(st.integers(0, 6))):
        least = draw(st.integers(0, 50))
        found.append(
            pool(
                f"p{number}",
                draw(st.sampled_from([*MACHINES, "z9-standard-2"])),
                draw(st.sampled_from(["europe-west4", "europe-west1", "us-central1", "asia-east1"])),
                (least, least + draw(st.integers(1, 1000))),
                team=draw(st.sampled_from(["vision", "forecasting", ""])),
                spot=draw(st.booleans()),
                diskSizeGb=draw(st.integers(10, 65_536)),
            )
        )
    return found


@settings(deadline=None)
@given(_pools())
def test_totals_are_the_sum_of_their_parts(nodes: list[Node]) -> None:
    """To the cent, whichever way the stack is split; and no resource is lost between priced and left out."""
    found = estimate(stack(*nodes), BOOK)

    nothing = Range()
    assert found.total == sum((resource.range for resource in found.resources), nothing)
    assert found.total == sum(found.by_team().values(), nothing)
    assert found.total == sum(found.by_component().values(), nothing)
    assert {node.urn for node in nodes} == {
        *(resource.urn for resource in found.resources),
        *(left_out.urn for left_out in found.unpriced),
    }
    assert found.total.low <= found.total.high


@settings(deadline=None)
@given(_pools())
def test_the_document_adds_up(nodes: list[Node]) -> None:
    """A reader who adds the printed numbers gets the printed sums."""
    document = estimate(stack(*nodes), BOOK).to_json(dt.date(2026, 11, 21))

    items = [item for resource in document["resources"] for item in resource["items"]]
    assert Decimal(document["high"]) == sum((Decimal(item["monthly"]) for item in items), Decimal())
    assert Decimal(document["low"]) == sum((Decimal(item["lowMonthly"]) for item in items), Decimal())
    for item in items:
        exact = Decimal(item["quantity"]) * Decimal(item["unitPrice"])
        assert abs(exact - Decimal(item["monthly"])) <= Decimal("0.005")


@settings(deadline=None)
@given(st.sampled_from(MACHINES), st.integers(1, 10_000))
def test_no_digit_is_lost(machine: str, nodes: int) -> None:
    """The price of many machines is the price of one as the book writes it, times their number, rounded once."""
    found = estimate(stack(pool("p", machine, "europe-west4", (nodes, nodes))), BOOK)

    (resource,) = found.resources
    price = BOOK.machine_price(machine, "europe-west4")
    assert resource.items[0].monthly_high == (price * 730 * nodes).quantize(Decimal("0.01"), "ROUND_HALF_UP")
