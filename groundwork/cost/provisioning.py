"""Node auto-provisioning: what a cluster may add by itself, up to limits that its declared pools count against."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Final

from groundwork.cost import nodes
from groundwork.cost.book import NoPriceError
from groundwork.cost.inputs import known, maps, region_of, text
from groundwork.cost.priced_items import Item, Quote, UnpricedError, billed
from groundwork.cost.pricing_context import Basis
from groundwork.graph import Node

# The machines that it makes where nothing else is asked for:
# https://cloud.google.com/kubernetes-engine/docs/how-to/node-auto-provisioning
FAMILY: Final = "e2"
ITEMS: Final = {"cpu": f"{FAMILY}-vcpu", "memory": f"{FAMILY}-gib"}
WORDS: Final = {"cpu": f"auto-provisioned vCPU, as {FAMILY}", "memory": f"auto-provisioned memory, as {FAMILY}"}


def quote(node: Node, basis: Basis) -> Quote:
    """The room between the limits and all declared pools at their most: nothing at the least, all of it at the most."""
    if known(node, "clusterAutoscaling.enabled") is not True:
        return Quote()
    try:
        limits = maps(node, "clusterAutoscaling.resourceLimits")
        if not limits:
            return Quote(besides=("node auto-provisioning: depends on what pods request, and has no limits",))
        taken = _taken(node, basis)
        region = region_of(text(node, "location"))
    except (NoPriceError, UnpricedError) as error:
        return Quote(besides=(f"node auto-provisioning: {error}",))
    items: list[Item] = []
    besides: list[str] = []
    for limit in limits:
        kind, most = limit.get("resourceType"), limit.get("maximum")
        if not isinstance(kind, str) or not isinstance(most, int):
            return Quote(besides=("node auto-provisioning: its limits are not known before the update",))
        room = most - taken[kind]
        if room <= 0:
            continue
        try:
            items.append(
                billed(
                    basis.book, WORDS.get(kind, f"auto-provisioned {kind}"), ITEMS.get(kind, kind), region,
                    Decimal(), room * basis.hours, purchase=basis.purchase,
                )
            )  # fmt: skip
        except NoPriceError as error:
            besides.append(f"node auto-provisioning: {error}")
    if items:
        besides.append("boot disks of auto-provisioned nodes: depend on how many there are")
    return Quote(tuple(items), tuple(besides))


def _taken(cluster: Node, basis: Basis) -> dict[str, Decimal]:
    """vCPUs, GiB and GPUs of the cluster's declared pools at their most."""
    taken: defaultdict[str, Decimal] = defaultdict(Decimal)
    for pool in nodes.pools_of(cluster, basis.graph):
        machine = basis.book.machine(text(pool, "nodeConfig.machineType"))
        most = nodes.count(pool)[1]
        taken["cpu"] += most * machine.vcpu
        taken["memory"] += most * machine.gib
        if machine.gpu:
            taken[machine.gpu] += most * machine.gpus
    return taken
