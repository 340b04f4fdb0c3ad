"""Clusters: the management fee for every hour, and the machines that a cluster may make by itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from groundwork.cost import metered, provisioning
from groundwork.cost.book_checks import GLOBAL
from groundwork.cost.inputs import known, region_of
from groundwork.cost.meters import CLUSTER, METERS
from groundwork.cost.nodes import cluster_of
from groundwork.cost.priced_items import Quote, UnpricedError, billed
from groundwork.cost.pricing_context import Basis
from groundwork.graph import Node

FEE: Final = "gke-cluster"
PODS: Final = "pods_"  # meters of Autopilot


def quote(node: Node, basis: Basis) -> Quote:
    """A month of management; the nodes are priced with their pools. No free tier: it belongs to the billing account."""
    fee = billed(basis.book, "cluster management", FEE, GLOBAL, basis.hours, basis.hours)
    autopilot = known(node, "enableAutopilot") is True
    region = region_of(str(known(node, "location") or ""))
    written = known(node, "loggingConfig.enableComponents") or known(node, "monitoringConfig.enableComponents")
    meters = tuple(meter for meter in METERS[CLUSTER] if not meter.key.startswith(PODS))
    used = metered.quote(node, basis, region, meters, "logs and metrics: depend on what is written")
    pods = Quote()
    if autopilot:
        meters = tuple(meter for meter in METERS[CLUSTER] if meter.key.startswith(PODS))
        pods = metered.quote(node, basis, region, meters, "Autopilot: depends on what pods request")
    room = provisioning.quote(node, basis)
    return Quote(
        (fee, *room.items, *pods.items, *used.items),
        (*pods.besides, *_besides(node, basis, autopilot=autopilot), *room.besides, *(used.besides if written else ())),
    )


def _besides(node: Node, basis: Basis, *, autopilot: bool) -> Iterator[str]:
    if not autopilot and known(node, "removeDefaultNodePool") is not True:
        yield "the default node pool: only pools of their own are priced"
    if known(node, "releaseChannel.channel") == "EXTENDED":
        extended: Decimal = basis.book.price("gke-extended-support", GLOBAL)
        yield f"extended support: {extended} more for each hour in a version's extended period"


def compute_class(node: Node, basis: Basis) -> Quote:
    """A compute class starts machines of pools, which are priced there, or of pools that its cluster makes.

    Those are priced with the cluster's limits for them. Raises `UnpricedError` where the cluster has no limits.
    """
    if known(node, "spec.nodePoolAutoCreation.enabled") is not True:
        return Quote()
    cluster = cluster_of(node, basis.graph)
    if cluster is not None and known(cluster, "clusterAutoscaling.resourceLimits"):
        return Quote()
    raise UnpricedError("pools that the cluster makes for this class: no limit says how many")
