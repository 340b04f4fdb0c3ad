"""What is billed by use: priced where somebody has declared how much is expected, and a reason in words where not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from groundwork.cost.book import NoPriceError
from groundwork.cost.priced_items import Item, Quote, billed
from groundwork.cost.pricing_context import Amount, Basis
from groundwork.graph import Node

ONE: Final = Decimal(1)


@dataclass(frozen=True)
class Meter:
    """A key of the usage file, and what an amount of it costs.

    `tiers` are items of the book with the amount up to which each counts, in units of the usage; None is no end.
    `times` is how many units of the book one unit of the usage is: a thousandth of an operation, the hours of a month.
    """

    key: str
    what: str
    tiers: tuple[tuple[Decimal | None, str], ...]
    times: Decimal = ONE

    @classmethod
    def of(cls, key: str, what: str, item: str, times: Decimal = ONE) -> Meter:
        """A meter with one price for any amount."""
        return cls(key, what, ((None, item),), times)


def quote(node: Node, basis: Basis, place: str, meters: tuple[Meter, ...], why: str) -> Quote:
    """The items of what is declared. What is not declared is left out, with `why` where that is everything.

    A meter without a price in this place is left out with the book's reason, and the others are priced all the same.
    """
    declared = basis.usage.get(node.urn, {})
    items: list[Item] = []
    besides: list[str] = []
    for meter in meters:
        if meter.key in declared:
            try:
                items.extend(_items(meter, declared[meter.key], basis, place))
            except NoPriceError as error:
                besides.append(f"{meter.what}: {error}")
    missing = [meter.key for meter in meters if meter.key not in declared]
    if missing:
        besides.append(why if len(missing) == len(meters) else f"{why}; usage declares no {', '.join(missing)}")
    return Quote(tuple(items), tuple(besides))


def _items(meter: Meter, amount: Amount, basis: Basis, place: str) -> Iterator[Item]:
    """An item for each tier that the amount reaches."""
    start = Decimal()
    for end, name in meter.tiers:
        low, high = (_between(found, start, end) * meter.times for found in (amount.low, amount.high))
        if high > 0:
            yield billed(basis.book, meter.what, name, place, low, high)
        start = end or start


def _between(amount: Decimal, start: Decimal, end: Decimal | None) -> Decimal:
    """How much of an amount lies between two limits."""
    return max(Decimal(), (amount if end is None else min(amount, end)) - start)
