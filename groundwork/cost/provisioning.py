"""Node auto-provisioning: nodes that a cluster may add, up to limits that its declared pools count towards."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Final

from groundwork.cost import nodes
from groundwork.cost.book import Book, NoPriceError
from groundwork.cost.inputs import UNKNOWN, known, maps, region_of, text
from groundwork.cost.machines import Machine
from groundwork.cost.priced_items import Item, PricedItems, UnpricedError, billed
from groundwork.cost.pricing_context import PricingContext
from groundwork.graph import Node

# The machines that it creates where pods request no others:
# https://cloud.google.com/kubernetes-engine/docs/how-to/node-auto-provisioning
FAMILY: Final = "e2"
ITEMS: Final = {"cpu": f"{FAMILY}-vcpu", "memory": f"{FAMILY}-gib"}
NAMES: Final = {"cpu": f"auto-provisioned vCPU, as {FAMILY}", "memory": f"auto-provisioned memory, as {FAMILY}"}


def price(node: Node, context: PricingContext) -> PricedItems:
    """The capacity between the limits and all declared pools at maximum size: none at the low end, all at the high."""
    if known(node, "clusterAutoscaling.enabled") is not True:
        return PricedItems()
    try:
        limits = maps(node, "clusterAutoscaling.resourceLimits")
        if not limits:
            return PricedItems(unpriced=("node auto-provisioning: depends on what pods request, and has no limits",))
        used = _used(node, context)
        region = region_of(text(node, "location"))
    except (NoPriceError, UnpricedError) as error:
        return PricedItems(unpriced=(f"node auto-provisioning: {error}",))
    items: list[Item] = []
    unpriced: list[str] = []
    for limit in limits:
        kind, maximum = limit.get("resourceType"), limit.get("maximum")
        if not isinstance(kind, str) or not isinstance(maximum, int):
            return PricedItems(unpriced=(f"node auto-provisioning: a limit {UNKNOWN}",))
        remaining = maximum - used[kind]
        if remaining <= 0:
            continue
        try:
            items.append(
                billed(
                    context.book, NAMES.get(kind, f"auto-provisioned {kind}"), ITEMS.get(kind, kind), region,
                    Decimal(), remaining * context.hours, purchase=context.purchase,
                )
            )  # fmt: skip
        except NoPriceError as error:
            unpriced.append(f"node auto-provisioning: {error}")
    if items:
        unpriced.append("boot disks of auto-provisioned nodes: depend on their number")
    return PricedItems(tuple(items), tuple(unpriced))


def _used(cluster: Node, context: PricingContext) -> dict[str, Decimal]:
    """vCPUs, GiB and GPUs of the cluster's declared pools at their maximum."""
    used: defaultdict[str, Decimal] = defaultdict(Decimal)
    for pool in nodes.pools_of(cluster, context.graph):
        machine = _sizes(context.book, text(pool, "nodeConfig.machineType"))
        max_nodes = nodes.node_counts(pool)[1]
        used["cpu"] += max_nodes * machine.vcpu
        used["memory"] += max_nodes * machine.gib
        if machine.gpu:
            used[machine.gpu] += max_nodes * machine.gpus
    return used


def _sizes(book: Book, name: str) -> Machine:
    """A machine type with or without a price: only its sizes count towards the limits."""
    if (machine := book.sizes(name)) is None:
        raise UnpricedError(f"the size of {name} is unknown")
    return machine
