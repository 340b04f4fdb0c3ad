"""Meters: tiers, ranges and units of declared usage, and usage that is not declared."""

from __future__ import annotations

from decimal import Decimal

import pytest

from groundwork.cost import load
from groundwork.cost.metered import Meter, price
from groundwork.cost.pricing_context import Amount, PricingContext
from tests.groundwork.cost.resources import resource, stack

NODE = resource("gcp:storage/bucket:Bucket", "b", {})
TIERED = Meter(
    "gib",
    "transfer",
    ((Decimal(10), "egress-first-tib"), (Decimal(30), "egress-to-10-tib"), (None, "egress-above-10-tib")),
    Decimal(2),
)
LOGS = Meter.of("logs_gib", "logs", "logs")
UNSOURCED = Meter.of("operations", "operations", "gcs-class-a")


def _context(**amounts: tuple[int, int]) -> PricingContext:
    usage = {key: Amount(Decimal(low), Decimal(high)) for key, (low, high) in amounts.items()}
    return PricingContext(load(), stack(NODE), usage={NODE.urn: usage})


@pytest.mark.parametrize(
    ("low", "high", "quantities"),
    [
        (0, 0, []),
        (0, 1, [(0, 2)]),
        (10, 10, [(20, 20)]),
        (10, 11, [(20, 20), (0, 2)]),
        (11, 30, [(20, 20), (2, 40)]),
        (31, 35, [(20, 20), (40, 40), (2, 10)]),
    ],
)
def test_tiers_split_an_amount_at_their_limits(low: int, high: int, quantities: list[tuple[int, int]]) -> None:
    """Each tier has the part of the amount between its limits, in units of the book: two for each unit of usage."""
    result = price(NODE, _context(gib=(low, high)), "us-central1", (TIERED,), "depends on traffic")

    assert [(int(item.low), int(item.high)) for item in result.items] == quantities
    assert [item.unit_price for item in result.items] == [Decimal(text) for text in ("0.12", "0.11", "0.08")][
        : len(quantities)
    ]
    assert result.unpriced == ()


def test_undeclared_usage_has_the_reason_alone() -> None:
    """Where nothing is declared, the meters are not listed."""
    result = price(NODE, _context(), "us-central1", (TIERED, LOGS), "depends on traffic")

    assert (result.items, result.unpriced) == ((), ("depends on traffic",))


def test_partly_declared_usage_lists_the_missing_meters() -> None:
    """The reason names the keys that a usage file could declare."""
    result = price(NODE, _context(logs_gib=(1, 1)), "us-central1", (TIERED, LOGS, UNSOURCED), "depends on traffic")

    assert [item.what for item in result.items] == ["logs"]
    assert result.unpriced == ("depends on traffic; usage declares no gib, operations",)


def test_meter_without_a_price_does_not_hide_the_others() -> None:
    """Operations have no sourced price outside of us-central1; logs have one."""
    result = price(NODE, _context(logs_gib=(1, 2), operations=(1, 1)), "europe-west4", (UNSOURCED, LOGS), "depends")

    assert [(item.what, int(item.low), int(item.high)) for item in result.items] == [("logs", 1, 2)]
    assert len(result.unpriced) == 1
    assert result.unpriced[0].startswith("operations: gcs-class-a in europe-west4: no sourced price")
