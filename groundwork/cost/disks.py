"""Disks by themselves: provisioned capacity."""

from __future__ import annotations

from decimal import Decimal

from groundwork.cost.book import Book
from groundwork.cost.inputs import number, region_of, text
from groundwork.cost.items import Quote, billed
from groundwork.graph import Node


def quote(node: Node, book: Book) -> Quote:
    """A month of the disk's size, written to or not."""
    kind = text(node, "type").rpartition("/")[2]
    region = region_of(text(node, "zone").rpartition("/")[2])
    size = Decimal(number(node, "size"))
    return Quote((billed(book, f"disk {kind}", kind, region, size, size),))
