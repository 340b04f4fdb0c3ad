"""What a source says, in one form for all of them: prices of machines as a whole, and of items of the book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from groundwork.cost.purchase import Purchase

# By way to buy. Machines: dollars for an hour. Items: dollars for the unit of the book's entry.
Amounts = Mapping[Purchase, Decimal]
ByRegion = Mapping[str, Amounts]


@dataclass(frozen=True)
class Shape:
    """What a machine type has, as a source lists it; `local_ssd_gib` is what it brings by itself."""

    vcpu: Decimal
    gib: Decimal
    gpus: Decimal = Decimal()
    local_ssd_gib: Decimal = Decimal()


@dataclass(frozen=True)
class Reading:
    """One source, read once.

    `name` is its key among the book's sources, `origin` where it was read, `date` what day its figures are of (None:
    it does not say). `bare` machines lack their local SSDs, which are added before they are compared. `regions` is
    where each machine type is offered, which a price alone does not tell.
    """

    name: str
    origin: str
    date: dt.date | None = None
    machines: Mapping[str, ByRegion] = field(default_factory=dict)
    items: Mapping[str, ByRegion] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    regions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    bare: bool = False
