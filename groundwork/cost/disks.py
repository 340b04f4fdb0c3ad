"""Disks: provisioned capacity, and the provisioned IOPS and throughput of Hyperdisk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from groundwork.cost.book import Book
from groundwork.cost.inputs import known, number, region_of, text
from groundwork.cost.priced_items import Item, PricedItems, billed
from groundwork.cost.pricing_context import PricingContext
from groundwork.graph import Node

ONCE: Final = (1, 1)


def price(node: Node, context: PricingContext) -> PricedItems:
    """A month of the disk's provisioned size, used or not."""
    kind = text(node, "type").rpartition("/")[2]
    region = region_of(text(node, "zone").rpartition("/")[2])
    extra = {"iops": known(node, "provisionedIops"), "throughput": known(node, "provisionedThroughput")}
    disk = items(context.book, f"disk {kind}", kind, region, number(node, "size"), extra=extra, disks=ONCE)
    return PricedItems(tuple(disk))


def items(
    book: Book, what: str, kind: str, region: str, size: int, *, extra: Mapping[str, Any], disks: tuple[int, int]
) -> Iterator[Item]:
    """The items of a minimum and a maximum number of disks of one kind; `size` is in GiB."""
    low, high = disks
    yield billed(book, what, kind, region, Decimal(low * size), Decimal(high * size))
    for name, each in extra.items():
        if isinstance(each, int) and each:
            yield billed(book, f"{what} {name}", f"{kind}-{name}", region, Decimal(low * each), Decimal(high * each))
