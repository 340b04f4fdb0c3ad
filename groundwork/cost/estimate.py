"""From a declared graph to an estimate: each resource is priced, free, or listed with the reason why it is neither."""

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
from groundwork.cost.meters import BUCKET, CLUSTER, DATABASE, GATEWAY, KEY, METERS, NAT, SECRET, ZONE
from groundwork.cost.nodes import POOL
from groundwork.cost.priced_items import Item, Quote, UnpricedError
from groundwork.cost.pricing_context import Basis, Usage
from groundwork.cost.purchase import Purchase
from groundwork.cost.usage import REASONS, UNFOLDED, UNKNOWN_TYPE
from groundwork.graph import STACK_TYPE, Graph, Node

NOBODY: Final = "(none)"  # no team label, no component; parentheses can stand in neither name

Rule = Callable[[Node, Basis], Quote]
RULES: Final[Mapping[str, Rule]] = {
    **dict.fromkeys(METERS, services.metered_only),
    BUCKET: buckets.quote,
    CLUSTER: clusters.quote,
    DATABASE: databases.quote,
    GATEWAY: network.gateway,
    KEY: services.key,
    NAT: network.nat,
    POOL: pools.quote,
    SECRET: services.secret,
    ZONE: services.zone,
    "gcp:compute/address:Address": network.address,
    "gcp:compute/disk:Disk": disks.quote,
    "gcp:compute/subnetwork:Subnetwork": services.subnetwork,
    "gcp:filestore/instance:Instance": shares.quote,
    "kubernetes:cloud.google.com/v1:ComputeClass": clusters.compute_class,
    "kubernetes:core/v1:Service": network.load_balancer,
    "kubernetes:networking.k8s.io/v1:Ingress": network.load_balancer,
}


@dataclass(frozen=True)
class Range:
    """US dollars in a month at the least and at the most, in cents. The sum of nothing is nought to nought."""

    low: Decimal = Decimal("0.00")
    high: Decimal = Decimal("0.00")

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    def to_json(self) -> dict[str, str]:
        """The contract's form."""
        return {"low": str(self.low), "high": str(self.high)}


@dataclass(frozen=True)
class Priced:
    """A resource with a price: whose it is, which component it belongs to, and its items."""

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
    """What a resource costs that nobody can say beforehand, and why; it is never counted as nothing."""

    urn: str
    why: str


@dataclass(frozen=True)
class Estimate:
    """What a stack costs in a calendar month of `book.hours_per_month` hours, before tax and discounts.

    Low is with every pool at its least nodes, high with every pool at its most, all month long. A resource may be
    priced in part and stand in `unpriced` with the rest.
    """

    stack: str
    book: Book
    resources: tuple[Priced, ...]
    unpriced: tuple[Unpriced, ...]
    purchase: Purchase = Purchase.ON_DEMAND

    @property
    def total(self) -> Range:
        """The sum of all that is priced: a lower bound of what the stack costs, as long as something is unpriced."""
        return sum((resource.range for resource in self.resources), start=Range())

    def by_team(self) -> dict[str, Range]:
        """The sums by label `team`, in the order of names; `NOBODY` for what has no such label."""
        return self._by(lambda resource: resource.team)

    def by_component(self) -> dict[str, Range]:
        """The sums by component right under the stack, in the order of names."""
        return self._by(lambda resource: resource.component)

    def _by(self, key: Callable[[Priced], str]) -> dict[str, Range]:
        sums: defaultdict[str, Range] = defaultdict(Range)
        for resource in self.resources:
            sums[key(resource)] += resource.range
        return dict(sorted(sums.items()))

    def sums_json(self) -> dict[str, Any]:
        """The sums and the range of each resource, for documents that are about something else: ``graph --json``."""
        return {
            "currency": self.book.currency,
            "priceBook": {"date": self.book.date.isoformat()},
            **self.total.to_json(),
            "byTeam": {team: sums.to_json() for team, sums in self.by_team().items()},
            "byComponent": {component: sums.to_json() for component, sums in self.by_component().items()},
            "byResource": {resource.urn: resource.range.to_json() for resource in self.resources},
            "unpriced": [{"urn": left_out.urn, "why": left_out.why} for left_out in self.unpriced],
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
            "unpriced": [{"urn": left_out.urn, "why": left_out.why} for left_out in self.unpriced],
        }


def estimate(graph: Graph, book: Book, purchase: Purchase = Purchase.ON_DEMAND, usage: Usage | None = None) -> Estimate:
    """The estimate of a graph, in the order of URNs.

    `purchase` is how to buy what is not declared spot, `usage` what somebody expects to use (see `cost.declared`).
    """
    basis = Basis(book, graph, purchase, usage or {})
    parents = {node.parent for node in graph}
    priced: list[Priced] = []
    unpriced: list[Unpriced] = []
    for node in graph:
        try:
            quote = _quote(node, basis, unfolded=node.urn in parents)
        except (NoPriceError, UnpricedError) as error:
            unpriced.append(Unpriced(node.urn, str(error)))
            continue
        unpriced.extend(Unpriced(node.urn, why) for why in quote.besides)
        if quote.items:
            priced.append(Priced(node.urn, team_of(node) or NOBODY, _component(graph, node), quote.items))
    return Estimate(graph.stack, book, tuple(priced), tuple(unpriced), purchase)


def _quote(node: Node, basis: Basis, *, unfolded: bool) -> Quote:
    """The quote for a node; raises `UnpricedError` or `NoPriceError` where there is none, and no reason for nought."""
    if not node.custom and (reason := UNFOLDED.get(node.type)) is not None and not unfolded:
        raise UnpricedError(reason)
    if not node.custom or node.is_provider or node.type == STACK_TYPE or is_free(node):
        return Quote()
    if (rule := RULES.get(node.type)) is not None:
        return rule(node, basis)
    raise UnpricedError(UNFOLDED.get(node.type) or REASONS.get(node.type, UNKNOWN_TYPE))


def _component(graph: Graph, node: Node) -> str:
    """The name of the node's ancestor right under the stack."""
    top: Node | None = None
    parent = graph.nodes.get(node.parent or "")
    while parent is not None and parent.type != STACK_TYPE:
        top, parent = parent, graph.nodes.get(parent.parent or "")
    return NOBODY if top is None else top.name
