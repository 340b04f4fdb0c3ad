"""What a rule may look at besides its resource: the book, the whole graph, how to buy, and what use is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from groundwork.cost.book import Book
from groundwork.cost.purchase import Purchase
from groundwork.graph import Graph


@dataclass(frozen=True)
class Amount:
    """What is expected to be used in a month, between two ends."""

    low: Decimal
    high: Decimal


# By URN and by the key of what is metered.
Usage = Mapping[str, Mapping[str, Amount]]


@dataclass(frozen=True)
class Basis:
    """How an estimate is made. `purchase` is for what is not declared spot; `usage` is what somebody expects."""

    book: Book
    graph: Graph
    purchase: Purchase = Purchase.ON_DEMAND
    usage: Usage = field(default_factory=dict)

    @property
    def hours(self) -> Decimal:
        """The hours of a month."""
        return Decimal(self.book.hours_per_month)
