"""What a price rule needs in addition to its resource: the book, the graph, the purchase option and expected usage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from groundwork.cost.book import Book
from groundwork.cost.purchase import Purchase
from groundwork.graph import Graph


@dataclass(frozen=True)
class Amount:
    """Expected usage in a month, as a range."""

    low: Decimal
    high: Decimal


# By URN and by the key of the meter.
Usage = Mapping[str, Mapping[str, Amount]]


@dataclass(frozen=True)
class PricingContext:
    """How an estimate is made. `purchase` is for machines that are not declared spot; `usage` is expected usage."""

    book: Book
    graph: Graph
    purchase: Purchase = Purchase.ON_DEMAND
    usage: Usage = field(default_factory=dict)

    @property
    def hours(self) -> Decimal:
        """The hours of a month."""
        return Decimal(self.book.hours_per_month)
