"""Buckets: bytes by class and place, operations, and what leaves for the internet; all of it by use."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from groundwork.cost import metered
from groundwork.cost.inputs import known, text
from groundwork.cost.metered import Meter
from groundwork.cost.meters import BUCKET, METERS
from groundwork.cost.priced_items import Quote
from groundwork.cost.pricing_context import Basis
from groundwork.graph import Node

DUAL: Final = frozenset({"ASIA1", "EUR4", "NAM4"})
MULTI: Final = frozenset({"ASIA", "EU", "US"})
WHY: Final = "depends on stored bytes, operations and traffic"
BY_REGION: Final = ("gcs-class-", "egress-")


def quote(node: Node, basis: Basis) -> Quote:
    """What the declared use of a bucket costs; raises `UnpricedError` where its location is not declared."""
    location = text(node, "location").upper()
    if known(node, "customPlacementConfig"):
        return Quote(besides=(f"{WHY}; no sourced price of two regions of one's own choice",))
    suffix = "-dual" if location in DUAL else "-multi" if location in MULTI else ""
    place = location if suffix else location.lower()
    default = str(known(node, "storageClass") or "STANDARD").lower()
    meters = tuple(_placed(meter, default, suffix) for meter in METERS[BUCKET])
    found = metered.quote(node, basis, place, meters, WHY)
    return Quote(found.items, (*found.besides, *_besides(node, priced=bool(found.items))))


def _placed(meter: Meter, default: str, suffix: str) -> Meter:
    """The meter with the items of the bucket's class and kind of place."""
    tiers = tuple(
        (end, f"gcs-{default}{suffix}" if meter.key == "stored_gib" else _item(item, suffix))
        for end, item in meter.tiers
    )
    return dataclasses.replace(meter, tiers=tiers)


def _item(item: str, suffix: str) -> str:
    """Operations and transfer have no kinds of place: the book has them for regions alone."""
    if item.startswith(BY_REGION):
        return item
    kind, retrieval, _ = item.partition("-retrieval")
    return f"{kind}{suffix}{retrieval}"


def _besides(node: Node, *, priced: bool) -> Iterator[str]:
    if priced and known(node, "autoclass.enabled") is True:
        yield "Autoclass: depends on the number of objects"
    if priced and known(node, "rpo") == "ASYNC_TURBO":
        yield "turbo replication: depends on what is written"
