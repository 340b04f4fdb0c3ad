"""Small services that have a price for being there, and another for being used."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from groundwork.cost import metered
from groundwork.cost.book_checks import GLOBAL
from groundwork.cost.inputs import given, known, region_of
from groundwork.cost.meters import KEY, METERS, SECRET, ZONE
from groundwork.cost.priced_items import Quote, billed
from groundwork.cost.pricing_context import Basis
from groundwork.cost.usage import REASONS
from groundwork.graph import Node, Placeholder, at

ONE: Final = Decimal(1)


def metered_only(node: Node, basis: Basis) -> Quote:
    """What costs nothing by itself and something by use."""
    place = str(known(node, "location") or known(node, "region") or known(node, "zone") or GLOBAL).lower()
    return metered.quote(node, basis, region_of(place), METERS[node.type], REASONS[node.type])


def subnetwork(node: Node, basis: Basis) -> Quote:
    """A subnet is free; its flow logs are not. An unknown setting was left out, for the provider to fill in."""
    logs = at(node.inputs, "logConfig")
    return Quote() if logs in (None, Placeholder.UNKNOWN) else metered_only(node, basis)


def key(node: Node, basis: Basis) -> Quote:
    """A key has one version at least, unless it says otherwise; rotation adds versions, and none goes by itself."""
    if given(node, "skipInitialVersionCreation") is True or "versions" in basis.usage.get(node.urn, {}):
        return metered.quote(node, basis, GLOBAL, METERS[KEY], REASONS[KEY])
    first = billed(basis.book, "versions, at least", "kms-version", GLOBAL, ONE, ONE)
    used = metered.quote(node, basis, GLOBAL, METERS[KEY], "older versions and operations")
    return Quote((first, *used.items), used.besides)


def zone(node: Node, basis: Basis) -> Quote:
    """A managed zone, as one of the first 25 of an account; private zones cost the same."""
    itself = billed(basis.book, "managed zone", "dns-zone", GLOBAL, ONE, ONE)
    queries = metered.quote(node, basis, GLOBAL, METERS[ZONE], "depends on queries")
    return Quote((itself, *queries.items), queries.besides)


def secret(node: Node, basis: Basis) -> Quote:
    """Versions count in each place that a secret is replicated to; people add them, so nobody declares them."""
    replicas = known(node, "replication.userManaged.replicas")
    places = Decimal(len(replicas) if isinstance(replicas, list) and replicas else 1)
    found = metered.quote(node, basis, GLOBAL, METERS[SECRET], REASONS[SECRET])
    items = tuple(item.times(places) if item.unit == "version-month" else item for item in found.items)
    return Quote(items, found.besides)
