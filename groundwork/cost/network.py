"""Cloud NAT by machines, addresses and bytes; load balancers by forwarding rules and bytes; external addresses."""

from __future__ import annotations

from typing import Final

from groundwork.cost import metered, nodes
from groundwork.cost.book_checks import GLOBAL
from groundwork.cost.inputs import known, region_of, text
from groundwork.cost.meters import METERS
from groundwork.cost.priced_items import PricedItems, UnpricedError, billed
from groundwork.cost.pricing_context import PricingContext
from groundwork.cost.resource_types import GATEWAY, NAT
from groundwork.graph import Node

MAX_VMS: Final = 32  # a gateway costs no more for further machines: https://cloud.google.com/nat/pricing
FIRST_RULES: Final = 5  # one price for the first five: https://cloud.google.com/load-balancing/pricing


def nat(node: Node, context: PricingContext) -> PricedItems:
    """A Cloud NAT gateway for the nodes of its region, from their minimum to their maximum, and its addresses."""
    region = text(node, "region")
    min_vms, max_vms = 0, 0
    for pool in nodes.pools(context.graph):
        try:
            if region_of(text(pool, "location")) != region:
                continue
            low, high = nodes.node_counts(pool)
        except UnpricedError:
            low, high = 0, MAX_VMS
        min_vms, max_vms = min_vms + low, max_vms + high
    listed = known(node, "natIps")
    addresses = len(listed) if isinstance(listed, list) and listed else 1
    hours = context.hours
    items = (
        billed(
            context.book, "gateway, by machine", "nat-vm", GLOBAL,
            min(min_vms, MAX_VMS) * hours, min(max_vms, MAX_VMS) * hours,
        ),
        billed(context.book, "addresses, at least", "address", region, addresses * hours, addresses * hours),
    )  # fmt: skip
    traffic = metered.price(node, context, region, METERS[NAT], "traffic: depends on what machines fetch and send")
    return PricedItems((*items, *traffic.items), traffic.unpriced)


def gateway(node: Node, context: PricingContext) -> PricedItems:
    """A forwarding rule. The first five of a project have one price together, which is with the first gateway."""
    rank = sorted(other.urn for other in context.graph if other.type == GATEWAY).index(node.urn)
    traffic = metered.price(
        node, context, _region(context), METERS[GATEWAY], "traffic: depends on what goes through the load balancer"
    )
    if 0 < rank < FIRST_RULES:
        return PricedItems(traffic.items, traffic.unpriced)
    if rank:
        name, what = "forwarding-rule", "forwarding rule"
    else:
        name, what = "forwarding-rules-first", "forwarding rules, the first five"
    rule = billed(context.book, what, name, GLOBAL, context.hours, context.hours)
    return PricedItems((rule, *traffic.items), traffic.unpriced)


def _region(context: PricingContext) -> str:
    """The region of a gateway's traffic: that of all pools, since a gateway does not name one."""
    regions = {region_of(str(known(pool, "location") or "")) for pool in nodes.pools(context.graph)}
    return regions.pop() if len(regions) == 1 else "several regions"


def address(node: Node, context: PricingContext) -> PricedItems:
    """An external address in use; an idle one costs more. Internal addresses are free."""
    if known(node, "addressType") == "INTERNAL" or known(node, "purpose") in (
        "GCE_ENDPOINT",
        "SHARED_LOADBALANCER_VIP",
    ):
        return PricedItems()
    region = text(node, "region")
    used = billed(context.book, "address in use", "address", region, context.hours, context.hours)
    idle = context.book.price("address-unused", region)
    return PricedItems((used,), (f"{idle - used.unit_price} more for each hour in which nothing uses it",))


def load_balancer(_: Node, context: PricingContext) -> PricedItems:
    """A Kubernetes object that creates a load balancer: at least one forwarding rule."""
    rule = billed(context.book, "forwarding rule", "forwarding-rule", GLOBAL, context.hours, context.hours)
    return PricedItems((rule,), ("a load balancer: depends on traffic",))
