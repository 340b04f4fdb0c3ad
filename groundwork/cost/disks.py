"""Disks: provisioned capacity, and the operations and throughput that Hyperdisk is billed for besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from groundwork.cost.book import Book
from groundwork.cost.inputs import known, number, region_of, text
from groundwork.cost.priced_items import Item, Quote, billed
from groundwork.cost.pricing_context import Basis
from groundwork.graph import Node

ONCE: Final = (1, 1)


def quote(node: Node, basis: Basis) -> Quote:
    """A month of the disk's size, written to or not."""
    kind = text(node, "type").rpartition("/")[2]
    region = region_of(text(node, "zone").rpartition("/")[2])
    extra = {"iops": known(node, "provisionedIops"), "throughput": known(node, "provisionedThroughput")}
    return Quote(tuple(items(basis.book, f"disk {kind}", kind, region, number(node, "size"), extra=extra, disks=ONCE)))


def items(
    book: Book, what: str, kind: str, region: str, size: int, *, extra: Mapping[str, Any], disks: tuple[int, int]
) -> Iterator[Item]:
    """The items of so many disks of one kind, at the least and at the most."""
    low, high = disks
    yield billed(book, what, kind, region, Decimal(low * size), Decimal(high * size))
    for name, each in extra.items():
        if isinstance(each, int) and each:
            yield billed(book, f"{what} {name}", f"{kind}-{name}", region, Decimal(low * each), Decimal(high * each))
