"""Clusters: the management fee for every hour, Autopilot pods, and nodes of node auto-provisioning."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from groundwork.cost import metered, provisioning
from groundwork.cost.book_checks import GLOBAL
from groundwork.cost.inputs import known, region_of
from groundwork.cost.meters import METERS
from groundwork.cost.nodes import cluster_of
from groundwork.cost.priced_items import PricedItems, UnpricedError, billed
from groundwork.cost.pricing_context import PricingContext
from groundwork.cost.resource_types import CLUSTER
from groundwork.graph import Node

FEE: Final = "gke-cluster"
PODS: Final = "pods_"  # the beginning of the meters of Autopilot


def price(node: Node, context: PricingContext) -> PricedItems:
    """The management fee of a month, and declared usage. Declared nodes are priced with their pools.

    The free tier is not deducted: it belongs to the billing account.
    """
    fee = billed(context.book, "cluster management", FEE, GLOBAL, context.hours, context.hours)
    autopilot = known(node, "enableAutopilot") is True
    region = region_of(str(known(node, "location") or ""))
    observed = known(node, "loggingConfig.enableComponents") or known(node, "monitoringConfig.enableComponents")
    meters = tuple(meter for meter in METERS[CLUSTER] if not meter.key.startswith(PODS))
    logs = metered.price(node, context, region, meters, "logs and metrics: depend on what is written")
    pods = PricedItems()
    if autopilot:
        meters = tuple(meter for meter in METERS[CLUSTER] if meter.key.startswith(PODS))
        pods = metered.price(node, context, region, meters, "Autopilot: depends on what pods request")
    provisioned = provisioning.price(node, context)
    return PricedItems(
        (fee, *provisioned.items, *pods.items, *logs.items),
        (
            *pods.unpriced,
            *_unpriced(node, context, autopilot=autopilot),
            *provisioned.unpriced,
            *(logs.unpriced if observed else ()),
        ),
    )


def _unpriced(node: Node, context: PricingContext, *, autopilot: bool) -> Iterator[str]:
    if not autopilot and known(node, "removeDefaultNodePool") is not True:
        yield "the default node pool: only separate pools are priced"
    if known(node, "releaseChannel.channel") == "EXTENDED":
        extended: Decimal = context.book.price("gke-extended-support", GLOBAL)
        yield f"extended support: {extended} more for each hour in a version's extended period"


def compute_class(node: Node, context: PricingContext) -> PricedItems:
    """A compute class is free: its nodes are in declared pools, or in pools that its cluster creates.

    Created pools are priced with the cluster's limits. Raises `UnpricedError` where the cluster has no limits.
    """
    if known(node, "spec.nodePoolAutoCreation.enabled") is not True:
        return PricedItems()
    cluster = cluster_of(node, context.graph)
    if cluster is not None and known(cluster, "clusterAutoscaling.resourceLimits"):
        return PricedItems()
    raise UnpricedError("pools that the cluster creates for this class: no limit says how many")
