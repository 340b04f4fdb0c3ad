"""Cloud SQL instances: machine and disk, twice for a regional instance, and declared backups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from groundwork.cost import metered
from groundwork.cost.book import Book
from groundwork.cost.inputs import given, known, number, text
from groundwork.cost.meters import METERS
from groundwork.cost.priced_items import Item, PricedItems, UnpricedError, billed
from groundwork.cost.pricing_context import PricingContext
from groundwork.cost.resource_types import DATABASE
from groundwork.graph import Node

CUSTOM: Final = re.compile(r"db-custom-(\d+)-(\d+)")  # vCPUs and MiB of memory
SHARED: Final = frozenset({"db-f1-micro", "db-g1-small"})
DISKS: Final = {"PD_SSD": "sql-ssd", "PD_HDD": "sql-hdd"}
MIB: Final = 1024


def price(node: Node, context: PricingContext) -> PricedItems:
    """A month of a MySQL or PostgreSQL instance; `high` has the disk at the limit of its growth, where it has one.

    Raises `UnpricedError` for licences and editions that are billed otherwise, and where an input is missing.
    """
    if text(node, "databaseVersion").startswith("SQLSERVER"):
        raise UnpricedError("SQL Server: the price book has no licences")
    book, region = context.book, text(node, "region")
    times = 2 if given(node, "settings.availabilityType") == "REGIONAL" else 1
    size = number(node, "settings.diskSize")
    kind = text(node, "settings.diskType")
    if kind not in DISKS:
        raise UnpricedError(f"the price book has no {kind} disk of Cloud SQL")
    limit = given(node, "settings.diskAutoresizeLimit") or 0
    max_size = Decimal(max(size, limit) * times)
    disk = billed(book, f"disk {kind}", DISKS[kind], region, Decimal(size * times), max_size)
    machine = _machine(text(node, "settings.tier"), region, times, book)
    backups = PricedItems()
    if known(node, "settings.backupConfiguration.enabled") is True:
        backups = metered.price(node, context, region, METERS[DATABASE], "backups: depend on stored bytes")
    return PricedItems((*machine, disk, *backups.items), (*backups.unpriced, *_unpriced(node, limit)))


def _machine(tier: str, region: str, times: int, book: Book) -> Iterator[Item]:
    """The items of a tier, for `times` machines that run all hours of the month."""
    hours = Decimal(book.hours_per_month * times)
    if tier in SHARED:
        yield billed(book, tier, tier, region, hours, hours)
        return
    custom = CUSTOM.fullmatch(tier)
    if custom is None:
        raise UnpricedError(f"the price book has no Cloud SQL tier {tier}")
    for what, item, each in (
        ("vCPU", "sql-vcpu", Decimal(custom[1])),
        ("memory", "sql-memory", Decimal(custom[2]) / MIB),
    ):
        yield billed(book, f"{tier} {what}", item, region, each * hours, each * hours)


def _unpriced(node: Node, limit: int) -> Iterator[str]:
    if known(node, "settings.diskAutoresize") is not False and not limit:
        yield "the disk's growth: it has no limit"
