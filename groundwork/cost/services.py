"""Small services with a fixed price, a price by usage, or both."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from groundwork.cost import metered
from groundwork.cost.book_checks import GLOBAL
from groundwork.cost.inputs import given, known, region_of
from groundwork.cost.meters import METERS
from groundwork.cost.priced_items import PricedItems, billed
from groundwork.cost.pricing_context import PricingContext
from groundwork.cost.resource_types import KEY, SECRET, ZONE
from groundwork.cost.unpriced import REASONS
from groundwork.graph import Node, Placeholder, at

ONE: Final = Decimal(1)


def metered_only(node: Node, context: PricingContext) -> PricedItems:
    """A resource that is free and billed by usage alone."""
    place = str(known(node, "location") or known(node, "region") or known(node, "zone") or GLOBAL).lower()
    return metered.price(node, context, region_of(place), METERS[node.type], REASONS[node.type])


def subnetwork(node: Node, context: PricingContext) -> PricedItems:
    """A subnet is free; its flow logs are billed. Logs that are left to the provider are disabled."""
    logs = at(node.inputs, "logConfig")
    return PricedItems() if logs in (None, Placeholder.UNKNOWN) else metered_only(node, context)


def key(node: Node, context: PricingContext) -> PricedItems:
    """A key has at least one version, unless the first is skipped; rotation adds versions, and none is deleted."""
    if given(node, "skipInitialVersionCreation") is True or "versions" in context.usage.get(node.urn, {}):
        return metered.price(node, context, GLOBAL, METERS[KEY], REASONS[KEY])
    first = billed(context.book, "versions, at least", "kms-version", GLOBAL, ONE, ONE)
    usage = metered.price(node, context, GLOBAL, METERS[KEY], "older versions and operations")
    return PricedItems((first, *usage.items), usage.unpriced)


def zone(node: Node, context: PricingContext) -> PricedItems:
    """A managed zone at the price of the first 25 of an account; private zones cost the same."""
    fee = billed(context.book, "managed zone", "dns-zone", GLOBAL, ONE, ONE)
    queries = metered.price(node, context, GLOBAL, METERS[ZONE], "depends on queries")
    return PricedItems((fee, *queries.items), queries.unpriced)


def secret(node: Node, context: PricingContext) -> PricedItems:
    """Versions are billed in each location of the secret; they are added outside of Pulumi, so none is declared."""
    replicas = known(node, "replication.userManaged.replicas")
    locations = Decimal(len(replicas) if isinstance(replicas, list) and replicas else 1)
    usage = metered.price(node, context, GLOBAL, METERS[SECRET], REASONS[SECRET])
    items = tuple(item.times(locations) if item.unit == "version-month" else item for item in usage.items)
    return PricedItems(items, usage.unpriced)
