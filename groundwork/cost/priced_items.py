"""Priced items: quantities times unit prices, and what a price rule returns for one resource."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from groundwork.cost.book import Book
from groundwork.cost.purchase import Purchase

CENT: Final = Decimal("0.01")


class UnpricedError(Exception):
    """A resource cannot be priced; the message gives the reason."""


def cents(amount: Decimal) -> Decimal:
    """An amount of money in cents. Only items are rounded; all other amounts are sums of items."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Item:
    """A billed quantity of a month: between `low` and `high` units at `unit_price` dollars.

    `date` is the date of the price.
    """

    what: str
    unit: str
    unit_price: Decimal
    low: Decimal
    high: Decimal
    date: dt.date

    def times(self, number: Decimal) -> Item:
        """The item with a multiple of its quantity."""
        return dataclasses.replace(self, low=self.low * number, high=self.high * number)

    @property
    def monthly_low(self) -> Decimal:
        """Minimum dollars in a month, in cents."""
        return cents(self.low * self.unit_price)

    @property
    def monthly_high(self) -> Decimal:
        """Maximum dollars in a month, in cents."""
        return cents(self.high * self.unit_price)

    def to_json(self) -> dict[str, Any]:
        """The contract's form: `quantity` times `unitPrice` is `monthly` at the high end; `low…` is the low end."""
        return {
            "what": self.what,
            "quantity": f"{self.high:f}",
            "unit": self.unit,
            "unitPrice": f"{self.unit_price:f}",
            "monthly": str(self.monthly_high),
            "lowQuantity": f"{self.low:f}",
            "lowMonthly": str(self.monthly_low),
            "priceDate": self.date.isoformat(),
        }


def billed(
    book: Book,
    what: str,
    name: str,
    region: str,
    low: Decimal,
    high: Decimal,
    *,
    purchase: Purchase = Purchase.ON_DEMAND,
) -> Item:
    """An item at the book's price for `name` in a region; raises `book.NoPriceError` where it has none."""
    entry, price = book.entry(name), book.price(name, region, purchase)
    return Item(what, entry.unit, price, low, high, entry.date)


@dataclass(frozen=True)
class PricedItems:
    """What a price rule returns for a resource: priced items, and reasons for costs that cannot be priced."""

    items: tuple[Item, ...] = ()
    unpriced: tuple[str, ...] = ()
