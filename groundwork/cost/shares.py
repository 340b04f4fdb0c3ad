"""Filestore: provisioned capacity, used or not."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from groundwork.cost.inputs import number, region_of, text
from groundwork.cost.priced_items import PricedItems, UnpricedError, billed
from groundwork.cost.pricing_context import PricingContext
from groundwork.graph import Node

TIERS: Final[Mapping[str, str]] = {
    "BASIC_HDD": "filestore-basic-hdd",
    "STANDARD": "filestore-basic-hdd",
    "BASIC_SSD": "filestore-basic-ssd",
    "PREMIUM": "filestore-basic-ssd",
    "ZONAL": "filestore-zonal",
    "HIGH_SCALE_SSD": "filestore-zonal",
    "REGIONAL": "filestore-regional",
    "ENTERPRISE": "filestore-regional",
}


def price(node: Node, context: PricingContext) -> PricedItems:
    """A month of the share's capacity; raises `UnpricedError` for a tier that the book does not have."""
    tier = text(node, "tier")
    if tier not in TIERS:
        raise UnpricedError(f"the price book has no Filestore tier {tier}")
    region = region_of(text(node, "location"))
    capacity = Decimal(number(node, "fileShares.capacityGb")) * context.hours
    return PricedItems((billed(context.book, f"Filestore {tier}", TIERS[tier], region, capacity, capacity),))
