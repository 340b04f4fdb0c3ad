"""Costs by usage: priced where a usage file declares the expected amount, otherwise listed with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from groundwork.cost.book import NoPriceError
from groundwork.cost.priced_items import Item, PricedItems, billed
from groundwork.cost.pricing_context import Amount, PricingContext
from groundwork.graph import Node

ONE: Final = Decimal(1)


@dataclass(frozen=True)
class Meter:
    """A key of the usage file, and the price of an amount of it.

    `tiers` are items of the book with the amount up to which each applies, in units of the usage; None is unlimited.
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


def price(node: Node, context: PricingContext, place: str, meters: tuple[Meter, ...], why: str) -> PricedItems:
    """The items of the usage that is declared. Usage that is not declared is listed with the reason `why`.

    A meter without a price in this place is listed with the book's reason; the others are still priced.
    """
    declared = context.usage.get(node.urn, {})
    items: list[Item] = []
    unpriced: list[str] = []
    for meter in meters:
        if meter.key in declared:
            try:
                items.extend(_items(meter, declared[meter.key], context, place))
            except NoPriceError as error:
                unpriced.append(f"{meter.what}: {error}")
    missing = [meter.key for meter in meters if meter.key not in declared]
    if missing:
        unpriced.append(why if len(missing) == len(meters) else f"{why}; usage declares no {', '.join(missing)}")
    return PricedItems(tuple(items), tuple(unpriced))


def _items(meter: Meter, amount: Amount, context: PricingContext, place: str) -> Iterator[Item]:
    """An item for each tier that the amount reaches."""
    start = Decimal()
    for end, name in meter.tiers:
        low, high = (_between(end_of_range, start, end) * meter.times for end_of_range in (amount.low, amount.high))
        if high > 0:
            yield billed(context.book, meter.what, name, place, low, high)
        start = end or start


def _between(amount: Decimal, start: Decimal, end: Decimal | None) -> Decimal:
    """The part of an amount between two limits."""
    return max(Decimal(), (amount if end is None else min(amount, end)) - start)
