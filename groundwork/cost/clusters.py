"""Clusters: the management fee, which every cluster pays for every hour."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from groundwork.cost.book import Book
from groundwork.cost.checks import GLOBAL
from groundwork.cost.inputs import known
from groundwork.cost.items import Quote, billed
from groundwork.graph import Node

FEE: Final = "gke-cluster"


def quote(node: Node, book: Book) -> Quote:
    """A month of management; the nodes are priced with their pools. No free tier: it belongs to the billing account."""
    hours = Decimal(book.hours_per_month)
    fee = billed(book, "cluster management", FEE, GLOBAL, hours, hours)
    return Quote((fee,), tuple(_besides(node)))


def _besides(node: Node) -> Iterator[str]:
    if known(node, "enableAutopilot") is True:
        yield "Autopilot: depends on what pods request"
    elif known(node, "removeDefaultNodePool") is not True:
        yield "the default node pool: only pools of their own are priced"
    if known(node, "clusterAutoscaling.enabled") is True:
        yield "node auto-provisioning: depends on what pods request"
    if known(node, "releaseChannel.channel") == "EXTENDED":
        yield "extended support: depends on the version's age"
    if known(node, "loggingConfig.enableComponents") or known(node, "monitoringConfig.enableComponents"):
        yield "logs and metrics: depend on what is written"
