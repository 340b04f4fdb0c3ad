"""The parts of an estimate: quantities times unit prices, and what a rule says of one resource."""

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
    """A resource cannot be priced; the message says why."""


def cents(amount: Decimal) -> Decimal:
    """An amount of money in whole cents. Only items are rounded; everything else is a sum of them."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Item:
    """Something that a resource is billed for in a month: between `low` and `high` units at `unit_price` dollars.

    `date` is when the price was read.
    """

    what: str
    unit: str
    unit_price: Decimal
    low: Decimal
    high: Decimal
    date: dt.date

    def times(self, number: Decimal) -> Item:
        """The same in so many places."""
        return dataclasses.replace(self, low=self.low * number, high=self.high * number)

    @property
    def monthly_low(self) -> Decimal:
        """Dollars in a month at the least, in cents."""
        return cents(self.low * self.unit_price)

    @property
    def monthly_high(self) -> Decimal:
        """Dollars in a month at the most, in cents."""
        return cents(self.high * self.unit_price)

    def to_json(self) -> dict[str, Any]:
        """The contract's form: `quantity` times `unitPrice` is `monthly`, at the high end; `low…` is the low end."""
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
class Quote:
    """What a rule says of a resource: its items, and in words what it costs besides that nobody can price."""

    items: tuple[Item, ...] = ()
    besides: tuple[str, ...] = ()
