"""Prices of GPU-hours by which queues order machines, compared with the price book."""

from __future__ import annotations

import pytest

from groundwork.cost.book import Book, load
from groundwork.cost.purchase import Purchase
from groundwork.errors import UserError
from stacks.settings.facts.gpu_machines import gpu_machines
from stacks.settings.model.gpu_prices import GPU_HOURS

REGIONS = ("europe-west4", "europe-west1", "us-central1")


@pytest.fixture(scope="module")
def book() -> Book:
    """The price book."""
    return load()


def _gpu_hour(book: Book, machine: str, purchase: Purchase) -> float | None:
    for region in REGIONS:
        try:
            return round(float(book.machine_price(machine, region, purchase)) / gpu_machines()[machine].gpus, 2)
        except (UserError, LookupError):
            continue
    return None


@pytest.mark.parametrize("machine", sorted(gpu_machines()))
def test_gpu_hour_is_that_of_the_price_book(book: Book, machine: str) -> None:
    """A machine without a price in the book has none here: queues try it last."""
    prices = tuple(_gpu_hour(book, machine, purchase) for purchase in (Purchase.ON_DEMAND, Purchase.SPOT))

    assert GPU_HOURS.get(machine, (None, None)) == prices
