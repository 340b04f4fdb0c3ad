"""Estimate of a declared graph: each resource is priced, free, or listed with the reason why it is neither."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from groundwork.cost import buckets, clusters, databases, disks, network, pools, services, shares
from groundwork.cost.book import Book, NoPriceError
from groundwork.cost.free import is_free
from groundwork.cost.inputs import team_of
from groundwork.cost.meters import METERS
from groundwork.cost.priced_items import Item, PricedItems, UnpricedError
from groundwork.cost.pricing_context import PricingContext, Usage
from groundwork.cost.purchase import Purchase
from groundwork.cost.resource_types import (
    ADDRESS,
    BUCKET,
    CLUSTER,
    DATABASE,
    DISK,
    GATEWAY,
    KEY,
    NAT,
    POOL,
    SECRET,
    SERVICE,
    SUBNETWORK,
    ZONE,
)
from groundwork.cost.unpriced import EXPANDED_BY_CLUSTER, REASONS, UNKNOWN_TYPE
from groundwork.graph import STACK_TYPE, Graph, Node

UNASSIGNED: Final = "(none)"  # no team label, no component; neither can have parentheses

PriceRule = Callable[[Node, PricingContext], PricedItems]
PRICE_RULES: Final[Mapping[str, PriceRule]] = {
    **dict.fromkeys(METERS, services.metered_only),
    BUCKET: buckets.price,
    CLUSTER: clusters.price,
    DATABASE: databases.price,
    GATEWAY: network.gateway,
    KEY: services.key,
    NAT: network.nat,
    POOL: pools.price,
    SECRET: services.secret,
    ZONE: services.zone,
    ADDRESS: network.address,
    DISK: disks.price,
    SUBNETWORK: services.subnetwork,
    "gcp:filestore/instance:Instance": shares.price,
    "kubernetes:cloud.google.com/v1:ComputeClass": clusters.compute_class,
    SERVICE: network.load_balancer,
    "kubernetes:networking.k8s.io/v1:Ingress": network.load_balancer,
}


@dataclass(frozen=True)
class Range:
    """Minimum and maximum US dollars in a month, in cents. The sum of nothing is 0.00 to 0.00."""

    low: Decimal = Decimal("0.00")
    high: Decimal = Decimal("0.00")

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    def to_json(self) -> dict[str, str]:
        """The contract's form."""
        return {"low": str(self.low), "high": str(self.high)}


@dataclass(frozen=True)
class Priced:
    """A resource with a price: its team, its component and its items."""

    urn: str
    team: str
    component: str
    items: tuple[Item, ...]

    @property
    def range(self) -> Range:
        """The sum of the items."""
        return sum((Range(item.monthly_low, item.monthly_high) for item in self.items), start=Range())


@dataclass(frozen=True, order=True)
class Unpriced:
    """A cost of a resource that is not included in the estimate, and the reason. It is never counted as zero."""

    urn: str
    why: str


@dataclass(frozen=True)
class Estimate:
    """The cost of a stack in a calendar month of `book.hours_per_month` hours, before tax and discounts.

    Low has all pools at minimum size, high at maximum size, all month. A resource may be priced in part and be in
    `unpriced` with the rest.
    """

    stack: str
    book: Book
    resources: tuple[Priced, ...]
    unpriced: tuple[Unpriced, ...]
    purchase: Purchase = Purchase.ON_DEMAND

    @property
    def total(self) -> Range:
        """The sum of all priced resources: a lower bound of the cost, as long as something is unpriced."""
        return sum((resource.range for resource in self.resources), start=Range())

    def by_team(self) -> dict[str, Range]:
        """The sums by label `team`, in the order of names; `UNASSIGNED` without that label."""
        return self._by(lambda resource: resource.team)

    def by_component(self) -> dict[str, Range]:
        """The sums by top-level component, in the order of names."""
        return self._by(lambda resource: resource.component)

    def _by(self, key: Callable[[Priced], str]) -> dict[str, Range]:
        sums: defaultdict[str, Range] = defaultdict(Range)
        for resource in self.resources:
            sums[key(resource)] += resource.range
        return dict(sorted(sums.items()))

    def sums_json(self) -> dict[str, Any]:
        """The sums and the range of each resource, for ``graph --json``."""
        return {
            "currency": self.book.currency,
            "priceBook": {"date": self.book.date.isoformat()},
            **self.total.to_json(),
            "byTeam": {team: sums.to_json() for team, sums in self.by_team().items()},
            "byComponent": {component: sums.to_json() for component, sums in self.by_component().items()},
            "byResource": {resource.urn: resource.range.to_json() for resource in self.resources},
            "unpriced": [{"urn": entry.urn, "why": entry.why} for entry in self.unpriced],
        }

    def to_json(self, today: dt.date) -> dict[str, Any]:
        """The contract of ``cost --json``: money is text with two decimals, unit prices are as the book has them."""
        return {
            "stack": self.stack,
            "currency": self.book.currency,
            "priceBook": {"date": self.book.date.isoformat(), "ageDays": self.book.age_days(today)},
            "purchase": self.purchase.value,
            **self.total.to_json(),
            "byTeam": {team: sums.to_json() for team, sums in self.by_team().items()},
            "byComponent": {component: sums.to_json() for component, sums in self.by_component().items()},
            "resources": [
                {
                    "urn": resource.urn,
                    "team": resource.team,
                    "component": resource.component,
                    **resource.range.to_json(),
                    "items": [item.to_json() for item in resource.items],
                }
                for resource in self.resources
            ],
            "unpriced": [{"urn": entry.urn, "why": entry.why} for entry in self.unpriced],
        }


def estimate(graph: Graph, book: Book, purchase: Purchase = Purchase.ON_DEMAND, usage: Usage | None = None) -> Estimate:
    """The estimate of a graph, in the order of URNs.

    `purchase` is the purchase option of machines that are not declared spot, `usage` the expected usage (see
    `cost.usage_file`).
    """
    context = PricingContext(book, graph, purchase, usage or {})
    parents = {node.parent for node in graph}
    priced: list[Priced] = []
    unpriced: list[Unpriced] = []
    for node in graph:
        try:
            result = _price(node, context, expanded=node.urn in parents)
        except (NoPriceError, UnpricedError) as error:
            unpriced.append(Unpriced(node.urn, str(error)))
            continue
        unpriced.extend(Unpriced(node.urn, why) for why in result.unpriced)
        if result.items:
            priced.append(Priced(node.urn, team_of(node) or UNASSIGNED, _component(graph, node), result.items))
    return Estimate(graph.stack, book, tuple(priced), tuple(unpriced), purchase)


def _price(node: Node, context: PricingContext, *, expanded: bool) -> PricedItems:
    """The cost of a node; raises `UnpricedError` or `NoPriceError` where it cannot be priced.

    `expanded` components have their children in the graph, which are priced one by one.
    """
    if not node.custom and (reason := EXPANDED_BY_CLUSTER.get(node.type)) is not None and not expanded:
        raise UnpricedError(reason)
    if not node.custom or node.is_provider or node.type == STACK_TYPE or is_free(node):
        return PricedItems()
    if (rule := PRICE_RULES.get(node.type)) is not None:
        return rule(node, context)
    raise UnpricedError(EXPANDED_BY_CLUSTER.get(node.type) or REASONS.get(node.type, UNKNOWN_TYPE))


def _component(graph: Graph, node: Node) -> str:
    """The name of the node's top-level component."""
    top: Node | None = None
    parent = graph.nodes.get(node.parent or "")
    while parent is not None and parent.type != STACK_TYPE:
        top, parent = parent, graph.nodes.get(parent.parent or "")
    return UNASSIGNED if top is None else top.name
