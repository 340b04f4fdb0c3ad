"""What traffic goes through: NAT gateways by machines, addresses and bytes; gateways by forwarding rules and bytes."""

from __future__ import annotations

from typing import Final

from groundwork.cost import metered, nodes
from groundwork.cost.book_checks import GLOBAL
from groundwork.cost.inputs import known, region_of, text
from groundwork.cost.meters import GATEWAY, METERS, NAT
from groundwork.cost.priced_items import Quote, UnpricedError, billed
from groundwork.cost.pricing_context import Basis
from groundwork.graph import Node

MOST_VMS: Final = 32  # a gateway costs no more for further machines: https://cloud.google.com/nat/pricing
FIRST_RULES: Final = 5  # one price for the first five: https://cloud.google.com/load-balancing/pricing
ADDRESS: Final = "gcp:compute/address:Address"


def nat(node: Node, basis: Basis) -> Quote:
    """A gateway with the pools of its region behind it, from their least nodes to their most, and its addresses."""
    region = text(node, "region")
    least, most = 0, 0
    for pool in nodes.pools(basis.graph):
        try:
            if region_of(text(pool, "location")) != region:
                continue
            low, high = nodes.count(pool)
        except UnpricedError:
            low, high = 0, MOST_VMS
        least, most = least + low, most + high
    listed = known(node, "natIps")
    addresses = len(listed) if isinstance(listed, list) and listed else 1
    hours = basis.hours
    items = (
        billed(
            basis.book, "gateway, by machine", "nat-vm", GLOBAL,
            min(least, MOST_VMS) * hours, min(most, MOST_VMS) * hours,
        ),
        billed(basis.book, "addresses, at least", "address", region, addresses * hours, addresses * hours),
    )  # fmt: skip
    traffic = metered.quote(node, basis, region, METERS[NAT], "traffic: depends on what machines fetch and send")
    return Quote((*items, *traffic.items), traffic.besides)


def gateway(node: Node, basis: Basis) -> Quote:
    """A forwarding rule. The first five of a project have one price together: the first gateway bears it."""
    rank = sorted(other.urn for other in basis.graph if other.type == GATEWAY).index(node.urn)
    traffic = metered.quote(
        node, basis, _region(basis), METERS[GATEWAY], "traffic: depends on what goes through the load balancer"
    )
    if 0 < rank < FIRST_RULES:
        return Quote(traffic.items, traffic.besides)
    if rank:
        name, what = "forwarding-rule", "forwarding rule"
    else:
        name, what = "forwarding-rules-first", "forwarding rules, the first five"
    rule = billed(basis.book, what, name, GLOBAL, basis.hours, basis.hours)
    return Quote((rule, *traffic.items), traffic.besides)


def _region(basis: Basis) -> str:
    """Where traffic is processed. A gateway does not say it; clusters do, where all are in one region."""
    regions = {region_of(str(known(pool, "location") or "")) for pool in nodes.pools(basis.graph)}
    return regions.pop() if len(regions) == 1 else "several regions"


def address(node: Node, basis: Basis) -> Quote:
    """An external address: in use, or reserved and idle, which costs more. Internal ones are free."""
    if known(node, "addressType") == "INTERNAL" or known(node, "purpose") in (
        "GCE_ENDPOINT",
        "SHARED_LOADBALANCER_VIP",
    ):
        return Quote()
    region = text(node, "region")
    used = billed(basis.book, "address in use", "address", region, basis.hours, basis.hours)
    idle = basis.book.price("address-unused", region)
    return Quote((used,), (f"{idle - used.unit_price} more for each hour in which nothing uses it",))


def load_balancer(_: Node, basis: Basis) -> Quote:
    """A Kubernetes object that makes a load balancer of its own: one forwarding rule at least."""
    rule = billed(basis.book, "forwarding rule", "forwarding-rule", GLOBAL, basis.hours, basis.hours)
    return Quote((rule,), ("a load balancer: depends on traffic",))
