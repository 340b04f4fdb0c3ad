"""The price book: typed, dated, and read only as a whole; what cannot be true is refused before it prices anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from groundwork.cost import checks, fields
from groundwork.cost.checks import GLOBAL

FILE: Final = Path(__file__).with_name("prices.yaml")


class NoPriceError(LookupError):
    """The book has no such price; the message says why, in words for the list of what is not priced."""


@dataclass(frozen=True)
class Price:
    """US dollars for one unit of an item in one region: on demand, and spot where the item has a spot price."""

    amount: Decimal
    spot: Decimal | None = None


@dataclass(frozen=True)
class Entry:
    """An item of the book. `prices` has a reason in words where a region has no price.

    `includes` is what the price of a machine already holds, by count: GPUs by GKE's name for them, and `local-ssd`.
    """

    unit: str
    date: dt.date
    prices: Mapping[str, Price | str]
    includes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Book:
    """All prices, in `currency`, as they were on `date`; `hours_per_month` turns hourly prices into monthly ones."""

    date: dt.date
    currency: str
    hours_per_month: int
    entries: Mapping[str, Entry]

    def entry(self, item: str) -> Entry:
        """An item; raises `NoPriceError` where the book has none of that name."""
        if item not in self.entries:
            raise NoPriceError(f"the price book has no {item}")
        return self.entries[item]

    def price(self, item: str, region: str, *, spot: bool = False) -> Decimal:
        """The price of one unit of an item; raises `NoPriceError` where the book has none."""
        prices = self.entry(item).prices
        found = prices.get(GLOBAL) or prices.get(region) or "the price book does not cover this region"
        if isinstance(found, str):
            raise NoPriceError(f"{item} in {region}: {found}")
        if not spot:
            return found.amount
        if found.spot is None:
            raise NoPriceError(f"{item} in {region}: the price book has no spot price")
        return found.spot

    def age_days(self, today: dt.date) -> int:
        """How many days old the prices are."""
        return (today - self.date).days


def load(path: Path = FILE) -> Book:
    """The book in a file.

    Raises `groundwork.errors.UserError` with the file, the key path and what is wrong there: what cannot be read, and
    everything that `checks` knows to be untrue.
    """
    document = fields.read(path)
    checks.check(document)
    return Book(
        date=document["date"].date(),
        currency=document["currency"].text(),
        hours_per_month=document["hours_per_month"].count(),
        entries={name: _entry(entry) for name, entry in document["entries"].items()},
    )


def _entry(entry: fields.Field) -> Entry:
    return Entry(
        unit=entry["unit"].text(),
        date=entry["date"].date(),
        prices={region: _price(price) for region, price in entry["prices"].items()},
        includes={name: number.count() for name, number in entry["includes"].items()} if "includes" in entry else {},
    )


def _price(price: fields.Field) -> Price | str:
    if "absent" in price:
        return price["absent"].text()
    return Price(price["price"].amount(), price["spot"].amount() if "spot" in price else None)
