"""Buckets: bytes by storage class and location, operations, and internet egress; all costs depend on usage."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from groundwork.cost import metered
from groundwork.cost.inputs import known, text
from groundwork.cost.metered import Meter
from groundwork.cost.meters import METERS
from groundwork.cost.priced_items import PricedItems
from groundwork.cost.pricing_context import PricingContext
from groundwork.cost.resource_types import BUCKET
from groundwork.graph import Node

DUAL: Final = frozenset({"ASIA1", "EUR4", "NAM4"})
MULTI: Final = frozenset({"ASIA", "EU", "US"})
WHY: Final = "depends on stored bytes, operations and traffic"
BY_REGION: Final = ("gcs-class-", "egress-")


def price(node: Node, context: PricingContext) -> PricedItems:
    """The cost of a bucket's declared usage; raises `UnpricedError` where its location is not declared."""
    location = text(node, "location").upper()
    if known(node, "customPlacementConfig"):
        return PricedItems(unpriced=(f"{WHY}; no sourced price for custom dual-regions",))
    suffix = "-dual" if location in DUAL else "-multi" if location in MULTI else ""
    place = location if suffix else location.lower()
    default = str(known(node, "storageClass") or "STANDARD").lower()
    meters = tuple(_placed(meter, default, suffix) for meter in METERS[BUCKET])
    usage = metered.price(node, context, place, meters, WHY)
    return PricedItems(usage.items, (*usage.unpriced, *_unpriced(node, priced=bool(usage.items))))


def _placed(meter: Meter, default: str, suffix: str) -> Meter:
    """The meter with the items of the bucket's storage class and kind of location."""
    tiers = tuple(
        (end, f"gcs-{default}{suffix}" if meter.key == "stored_gib" else _item(item, suffix))
        for end, item in meter.tiers
    )
    return dataclasses.replace(meter, tiers=tiers)


def _item(item: str, suffix: str) -> str:
    """The item for a kind of location. The book has operations and egress for regions only."""
    if item.startswith(BY_REGION):
        return item
    kind, retrieval, _ = item.partition("-retrieval")
    return f"{kind}{suffix}{retrieval}"


def _unpriced(node: Node, *, priced: bool) -> Iterator[str]:
    if priced and known(node, "autoclass.enabled") is True:
        yield "Autoclass: depends on the number of objects"
    if priced and known(node, "rpo") == "ASYNC_TURBO":
        yield "turbo replication: depends on written bytes"
