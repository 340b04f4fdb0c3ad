"""Filestore tiers, addresses, Cloud NAT and load balancers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from groundwork.cost import estimate, load
from groundwork.cost.pricing_context import Amount
from groundwork.graph import Node, Placeholder
from tests.groundwork.cost.resources import pool, resource, stack

BOOK = load()
GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"


def _cost(*nodes: Node) -> tuple[str, str]:
    total = estimate(stack(*nodes), BOOK).total
    return str(total.low), str(total.high)


def _reasons(node: Node, *others: Node) -> list[str]:
    return [entry.why for entry in estimate(stack(node, *others), BOOK).unpriced if entry.urn == node.urn]


# Dollars for a GiB and hour in us-central1: prices.yaml, filestore-*.
@pytest.mark.parametrize(
    ("tier", "unit_price"),
    [
        ("BASIC_HDD", "0.000219178"),
        ("STANDARD", "0.000219178"),
        ("BASIC_SSD", "0.000410959"),
        ("PREMIUM", "0.000410959"),
        ("ZONAL", "0.000342466"),
        ("HIGH_SCALE_SSD", "0.000342466"),
        ("REGIONAL", "0.000616438"),
        ("ENTERPRISE", "0.000616438"),
    ],
)
def test_filestore_tier_has_its_price(tier: str, unit_price: str) -> None:
    """Old and new names of a tier have one price; capacity is billed by the hour, in a zone or a region."""
    for location in ("us-central1-a", "us-central1"):
        node = resource(
            "gcp:filestore/instance:Instance",
            "f",
            {"tier": tier, "location": location, "fileShares": {"capacityGb": 1024}},
        )

        (priced,) = estimate(stack(node), BOOK).resources

        (item,) = priced.items
        assert (f"{item.unit_price:f}", int(item.low), int(item.high)) == (unit_price, 1024 * 730, 1024 * 730)


@pytest.mark.parametrize(
    ("inputs", "cost"),
    [
        ({"region": "europe-west4"}, "3.65"),
        ({"region": "europe-west4", "addressType": "EXTERNAL"}, "3.65"),
        ({"region": "europe-west4", "addressType": Placeholder.UNKNOWN}, "3.65"),
        ({"region": "europe-west4", "addressType": "INTERNAL"}, "0.00"),
        ({"region": "europe-west4", "purpose": "GCE_ENDPOINT"}, "0.00"),
        ({"region": "europe-west4", "purpose": "SHARED_LOADBALANCER_VIP"}, "0.00"),
        ({"region": "europe-west4", "purpose": "VPC_PEERING"}, "3.65"),
    ],
)
def test_address_is_billed_unless_internal(inputs: dict[str, Any], cost: str) -> None:
    """730 hours at 0.005; an idle address is 0.011."""
    node = resource("gcp:compute/address:Address", "a", inputs)

    assert _cost(node) == (cost, cost)
    assert _reasons(node) == ([] if cost == "0.00" else ["0.006 more for each hour in which nothing uses it"])


@pytest.mark.parametrize(("ips", "cost"), [([], "3.65"), (None, "3.65"), (["a"], "3.65"), (["a", "b", "c"], "10.95")])
def test_nat_has_the_price_of_its_addresses(ips: list[str] | None, cost: str) -> None:
    """At least one address, where they are allocated automatically."""
    node = resource("gcp:compute/routerNat:RouterNat", "n", {"region": "europe-west4", "natIps": ips})

    assert _cost(node) == (cost, cost)


@pytest.mark.parametrize(("count", "cost"), [(1, "18.25"), (2, "18.25"), (5, "18.25"), (6, "25.55"), (7, "32.85")])
def test_gateways_share_the_price_of_the_first_five(count: int, cost: str) -> None:
    """730 hours at 0.025 for the first five together, and at 0.01 for each further one."""
    gateways = [resource(GATEWAY, f"g{number}", {}) for number in range(count)]

    assert _cost(*gateways) == (cost, cost)


@pytest.mark.parametrize("kind", ["kubernetes:core/v1:Service", "kubernetes:networking.k8s.io/v1:Ingress"])
def test_load_balancer_has_a_forwarding_rule(kind: str) -> None:
    """730 hours at 0.01; traffic is not included."""
    node = resource(kind, "l", {"spec": {"type": "LoadBalancer"}})

    assert _cost(node) == ("7.30", "7.30")
    assert _reasons(node) == ["a load balancer: depends on traffic"]


@pytest.mark.parametrize("kind", [None, "ClusterIP", "NodePort", "ExternalName"])
def test_service_without_load_balancer_is_free(kind: str | None) -> None:
    """It only uses the nodes of the cluster."""
    node = resource("kubernetes:core/v1:Service", "s", {"spec": {"type": kind}})

    assert (_cost(node), _reasons(node)) == (("0.00", "0.00"), [])


def test_service_of_unknown_type_is_priced_as_a_load_balancer() -> None:
    """The maximum is counted where the type is unknown."""
    assert _cost(resource("kubernetes:core/v1:Service", "s", {"spec": {"type": Placeholder.UNKNOWN}})) == (
        "7.30",
        "7.30",
    )


def test_gateway_traffic_has_the_region_of_all_pools() -> None:
    """With pools in two regions the traffic has no price."""
    here = pool("p", "e2-standard-4", "us-central1", (1, 1))
    there = pool("q", "e2-standard-4", "europe-west4", (1, 1))
    gateway = resource(GATEWAY, "g", {})
    usage = {gateway.urn: {"data_gib": Amount(Decimal(100), Decimal(100))}}

    def reasons(*pools: Node) -> list[str]:
        found = estimate(stack(gateway, *pools), BOOK, usage=usage).unpriced
        return [entry.why for entry in found if entry.urn == gateway.urn]

    assert len(reasons(here)) == 1
    assert any("several regions" in reason for reason in reasons(here, there))
