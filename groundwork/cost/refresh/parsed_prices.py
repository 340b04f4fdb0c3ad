"""Prices of one source, in the same form for all sources: of machine types, and of items of the book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from groundwork.cost.purchase import Purchase

# By purchase option. Machines: dollars for an hour. Items: dollars for the unit of the book's entry.
Amounts = Mapping[Purchase, Decimal]
ByRegion = Mapping[str, Amounts]


@dataclass(frozen=True)
class Shape:
    """The size of a machine type, as a source lists it; `local_ssd_gib` is part of the machine."""

    vcpu: Decimal
    gib: Decimal
    gpus: Decimal = Decimal()
    local_ssd_gib: Decimal = Decimal()


@dataclass(frozen=True)
class ParsedPrices:
    """The prices of one source.

    `name` is its key among the book's sources, `origin` the file or address, `date` the date of its figures (None:
    not specified). `bare` machines lack their local SSDs, which are added before they are compared. `regions` is
    where each machine type is offered, which a price alone does not show.
    """

    name: str
    origin: str
    date: dt.date | None = None
    machines: Mapping[str, ByRegion] = field(default_factory=dict)
    items: Mapping[str, ByRegion] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    regions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    bare: bool = False
