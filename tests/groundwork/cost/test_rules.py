"""Fixed prices, prices by usage, and auto-provisioning, against sums computed by hand from the book's sources."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from groundwork.cost import Estimate, estimate, load
from groundwork.cost.pricing_context import Amount
from groundwork.cost.purchase import Purchase
from groundwork.graph import Node, Placeholder
from tests.groundwork.cost.resources import CLUSTER, pool, resource, stack

BOOK = load()


def _bucket(location: str, **inputs: Any) -> Node:
    return resource("gcp:storage/bucket:Bucket", "b", {"location": location, **inputs})


def _used(node: Node, *others: Node, **amounts: float | tuple[float, float]) -> Estimate:
    usage = {
        key: Amount(*(Decimal(str(end)) for end in (amount if isinstance(amount, tuple) else (amount, amount))))
        for key, amount in amounts.items()
    }
    return estimate(stack(node, *others), BOOK, usage={node.urn: usage})


# The resource, what of it is used, and what that costs, each line in cents.
BY_USE: dict[str, tuple[Node, dict[str, Any], str, str]] = {
    # storage.bucket.standard.cost.europe-west4: 0.02; nearline 0.01
    "a bucket of a region": (_bucket("EUROPE-WEST4"), {"stored_gib": 1000, "nearline_gib": 500}, "25.00", "25.00"),
    # storage.bucket.standard-dual.cost.eur4: 0.044; coldline-dual 0.0088; retrieval.coldline-dual 0.02
    "a bucket of two regions": (
        _bucket("EUR4"),
        {"stored_gib": (0, 1000), "coldline_gib": 1000, "retrieved_coldline_gib": 100},
        "10.80",
        "54.80",
    ),
    # storage.bucket.archiv-multi.cost.europe-multi: 0.0024, the class of the bucket
    "a bucket of a continent": (_bucket("EU", storageClass="ARCHIVE"), {"stored_gib": 10000}, "24.00", "24.00"),
    # 0.005 and 0.0004 a thousand: 2,000,000 and 10,000,000 operations
    "operations": (_bucket("US-CENTRAL1"), {"class_a_operations": 2e6, "class_b_operations": 1e7}, "14.00", "14.00"),
    # the first TiB at 0.12, 9 TiB at 0.11, the rest at 0.085: 122.88 + 1013.76 + 85.00
    "transfer in tiers": (_bucket("EUROPE-WEST4"), {"egress_gib": 11240}, "1221.64", "1221.64"),
    # 730 hours x 0.0001233 x 100, 100 x 0.0032, 1000 x 0.0006, 1000 thousand x 0.0002
    "a cache": (
        resource("gcp:storage/anywhereCache:AnywhereCache", "c", {"zone": "us-central1-a"}),
        {"stored_gib": 100, "ingested_gib": 100, "read_gib": 1000, "operations": 1e6},
        "10.12",
        "10.12",
    ),
    # 0.06 a version in each of two places, 0.03 for ten thousand
    "a secret in two places": (
        resource("gcp:secretmanager/secret:Secret", "s", {"replication": {"userManaged": {"replicas": [{}, {}]}}}),
        {"versions": 3, "accesses": 50000},
        "0.51",
        "0.51",
    ),
    "a key with its versions": (
        resource("gcp:kms/cryptoKey:CryptoKey", "k", {}),
        {"versions": 4, "operations": 2e6},
        "6.24",
        "6.24",
    ),
    # 0.20 for the zone, 0.40 a million
    "a zone": (resource("gcp:dns/managedZone:ManagedZone", "z", {}), {"queries": 3e6}, "1.40", "1.40"),
    # 50 billion samples at 0.06 a million, 10 billion at 0.048
    "samples in tiers": (
        resource("kubernetes:monitoring.googleapis.com/v1:PodMonitoring", "m", {}),
        {"samples_millions": 60000},
        "3480.00",
        "3480.00",
    ),
    # 6.25 a TiB, 0.023 and 0.016 a GiB
    "a warehouse": (
        resource("gcp:bigquery/dataset:Dataset", "d", {"location": "us-central1"}),
        {"stored_gib": 100, "long_term_gib": 1000, "scanned_tib": 2},
        "30.80",
        "30.80",
    ),
    # 730 x 0.000342466 x 1024, provisioned
    "shared files": (
        resource(
            "gcp:filestore/instance:Instance",
            "f",
            {"tier": "ZONAL", "location": "us-central1-a", "fileShares": {"capacityGb": 1024}},
        ),
        {},
        "256.00",
        "256.00",
    ),
    # 730 x 0.01
    "a load balancer": (
        resource("kubernetes:core/v1:Service", "l", {"spec": {"type": "LoadBalancer"}}),
        {},
        "7.30",
        "7.30",
    ),
    # 730 x 0.005
    "an address": (resource("gcp:compute/address:Address", "a", {"region": "europe-west4"}), {}, "3.65", "3.65"),
    # 100 x 0.08, 6000 x 0.005, 200 x 0.04
    "a fast disk": (
        resource(
            "gcp:compute/disk:Disk",
            "d",
            {
                "type": "hyperdisk-balanced",
                "size": 100,
                "zone": "us-central1-a",
                "provisionedIops": 6000,
                "provisionedThroughput": 200,
            },
        ),
        {},
        "46.00",
        "46.00",
    ),
}


@pytest.mark.parametrize("case", BY_USE)
def test_usage_cost_equals_the_sum_computed_by_hand(case: str) -> None:
    """Low and high are exact to the cent."""
    node, amounts, low, high = BY_USE[case]

    result = _used(node, **amounts)

    assert (str(result.total.low), str(result.total.high)) == (low, high)


UNDECLARED = (
    "nearline_gib, coldline_gib, archive_gib, retrieved_nearline_gib, retrieved_coldline_gib, retrieved_archive_gib, "
    "class_b_operations, egress_gib"
)


def test_undeclared_usage_is_listed() -> None:
    """A bucket with declared bytes still has operations, and a price that is missing in its region is reported."""
    some = _used(_bucket("EUROPE-WEST4"), stored_gib=1, class_a_operations=1)

    assert str(some.total.high) == "0.02"
    assert [entry.why for entry in some.unpriced] == [
        "class A operations: gcs-class-a in europe-west4: no sourced price of operations outside of us-central1",
        f"depends on stored bytes, operations and traffic; usage declares no {UNDECLARED}",
    ]


def test_nat_counts_the_nodes_of_its_region() -> None:
    """From minimum to maximum nodes, up to 32, and an address: 0.0014 and 0.005 an hour."""
    nat = resource("gcp:compute/routerNat:RouterNat", "n", {"region": "europe-west4"})
    here = pool("p", "e2-standard-4", "europe-west4", (2, 40))
    there = pool("q", "e2-standard-4", "europe-west1", (9, 9))

    def cost(*nodes: Node) -> tuple[str, str]:
        (gateway,) = [entry for entry in estimate(stack(nat, *nodes), BOOK).resources if entry.urn == nat.urn]
        return str(gateway.range.low), str(gateway.range.high)

    # 730 x 2 x 0.0014 = 2.04; 730 x 32 x 0.0014 = 32.70; 730 x 0.005 = 3.65
    assert cost(here, there) == ("5.69", "36.35")
    assert cost(there) == ("3.65", "3.65")
    assert cost(dataclasses.replace(here, inputs={**here.inputs, "autoscaling": Placeholder.UNKNOWN})) == (
        "3.65",
        "36.35",
    )


def test_first_gateway_has_the_price_of_five_rules() -> None:
    """Forwarding rules are 0.025 an hour for the first five together, and 0.01 for each further one."""
    gateways = [resource("kubernetes:gateway.networking.k8s.io/v1:Gateway", f"g{number}", {}) for number in range(6)]

    result = estimate(stack(*gateways), BOOK)

    assert {priced.urn[-2:]: str(priced.range.high) for priced in result.resources} == {"g0": "18.25", "g5": "7.30"}
    assert len({entry.urn for entry in result.unpriced}) == 6


LIMITS = [
    {"resourceType": "cpu", "maximum": 20},
    {"resourceType": "memory", "maximum": 64},
    {"resourceType": "nvidia-l4", "maximum": 3},
]


def _limited(limits: Any) -> Node:
    return resource(
        CLUSTER,
        "c",
        {
            "name": "main", "location": "europe-west4", "removeDefaultNodePool": True,
            "clusterAutoscaling": {"enabled": True, "resourceLimits": limits},
        },
    )  # fmt: skip


def test_auto_provisioning_is_priced_up_to_its_limits() -> None:
    """Declared pools count towards the limits; the rest is priced as auto-provisioned machines."""
    pools = pool("p", "g2-standard-8", "europe-west4", (0, 1), guestAccelerators=[{"type": "nvidia-l4", "count": 1}])
    mine = dataclasses.replace(pools, inputs={**pools.inputs, "cluster": "main"})

    (cluster,) = [entry for entry in estimate(stack(_limited(LIMITS), mine), BOOK).resources if "Cluster" in entry.urn]

    # 20 - 8 vCPUs, 64 - 32 GiB, 3 - 1 GPUs; 730 x 12 x 0.02401338, 730 x 32 x 0.00321816, 730 x 2 x 0.588630286
    assert [str(item.monthly_high) for item in cluster.items] == ["73.00", "210.36", "75.18", "859.40"]
    assert [str(item.monthly_low) for item in cluster.items] == ["73.00", "0.00", "0.00", "0.00"]


def test_auto_provisioning_ignores_pools_of_another_cluster() -> None:
    """Limits apply to one cluster."""
    other = pool("p", "e2-standard-32", "europe-west4", (0, 9))

    (cluster,) = [
        entry for entry in estimate(stack(_limited(LIMITS[:1]), other), BOOK).resources if "Cluster" in entry.urn
    ]

    assert str(cluster.items[1].monthly_high) == "350.60"  # 730 x 20 x 0.02401338


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ([{"resourceType": "cpu", "maximum": Placeholder.UNKNOWN}], "a limit is unknown until pulumi up"),
        ([{"resourceType": "nvidia-b200", "maximum": 8}], "the price book has no nvidia-b200"),
    ],
)
def test_auto_provisioning_limit_without_price_is_listed(limits: Any, why: str) -> None:
    """The fee is still priced."""
    result = estimate(stack(_limited(limits)), BOOK)

    assert str(result.total.high) == "73.00"
    assert [why in entry.why for entry in result.unpriced] == [True]


@pytest.mark.parametrize(
    ("purchase", "hour"),
    # compute.instance.n2d-standard-8.cost.europe-west4: hour 0.37208, hour_spot 0.13024, month_1y / 730, month_3y / 730
    [("on-demand", "0.37208"), ("spot", "0.13024"), ("committed-1y", "0.234392"), ("committed-3y", "0.167432")],
)
def test_purchase_option_applies_to_pools_that_are_not_spot(purchase: str, hour: str) -> None:
    """A pool that is declared spot stays spot."""
    plain = pool("p", "n2d-standard-8", "europe-west4", (1, 1))
    cheap = pool("q", "n2d-standard-8", "europe-west4", (1, 1), spot=True)

    result = estimate(stack(plain, cheap), BOOK, Purchase(purchase))

    first, second = result.resources
    assert abs(first.items[0].unit_price - Decimal(hour)) < Decimal("0.0001")
    assert str(second.items[0].unit_price) == "0.13024"
    assert result.to_json(BOOK.date)["purchase"] == purchase


def test_purchase_option_without_price_is_listed() -> None:
    """No source has a commitment for A100 of 80 GB."""
    result = estimate(stack(pool("p", "a2-ultragpu-1g", "europe-west4", (1, 1))), BOOK, Purchase.COMMITTED_1Y)

    assert result.resources == ()
    assert result.unpriced[0].why == "nvidia-a100-80gb in europe-west4: the price book has no committed-1y price"
