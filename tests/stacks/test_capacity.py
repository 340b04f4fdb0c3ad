"""GPU pools, compute classes and flavors in the declared graphs, and the validation of a pool's arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from components.gpu_pool import CapacityArgs
from groundwork.graph import Graph, Node
from stacks.settings import Settings
from stacks.settings.derived.gpu_counts import per_node
from stacks.settings.facts.gpu_machines import gpu_machines
from stacks.settings.facts.gpus import partitions
from stacks.settings.model.clusters import Accelerator
from stacks.settings.model.gpu_pools import CHEAPEST_FIRST, Capacity
from tests.cloud_settings import read_file
from tests.conftest import CLOUD_STACKS, ROOT
from tests.nonempty import nonempty
from tests.plans import plan
from tests.settings.samples import AUTOPROVISIONING, MAIN, SECOND, dev, problems_of, put

POOL: Final = "gcp:container/nodePool:NodePool"
CLUSTER: Final = "gcp:container/cluster:Cluster"
CLASS: Final = "kubernetes:cloud.google.com/v1:ComputeClass"
FLAVOR: Final = "kubernetes:kueue.x-k8s.io/v1beta2:ResourceFlavor"
COMPUTE_CLASS: Final = "cloud.google.com/compute-class"
FLEX: Final = ("flex-start", "queued")


@pytest.fixture(scope="module")
def settings() -> dict[str, Settings]:
    """The settings of each stack."""
    return {stack: read_file(ROOT / f"Pulumi.{stack}.yaml") for stack in CLOUD_STACKS}


def _pools(graph: Graph) -> dict[str, Node]:
    """GPU pools by key; each stack has one cluster."""
    pools = [node for node in graph.of_type(POOL) if "guestAccelerators" in node.inputs["nodeConfig"]]
    return {node.inputs["name"]: node for node in nonempty(pools)}


def _taints(pool: Node) -> dict[str, str]:
    return {taint["key"]: taint["value"] for taint in pool.inputs["nodeConfig"]["taints"]}


def test_samples_cover_every_capacity_mode(settings: dict[str, Settings]) -> None:
    """The sample stacks have each mode, a partition, a shared GPU, local SSDs and compact placement."""
    pools = [pool for stack in settings.values() for pool in stack.gpu_pools.values()]

    assert {pool.capacity for pool in pools} == set(Capacity) == set(CHEAPEST_FIRST)
    assert all(any(getattr(pool, key) for pool in pools) for key in ("partition", "sharing", "local_ssd"))
    assert any(pool.compact_placement for pool in pools)
    assert any(cluster.autoprovisioning for stack in settings.values() for cluster in stack.clusters.values())


@pytest.mark.parametrize("stack", CLOUD_STACKS)
def test_flex_start_pools_follow_the_rules_of_gke(
    graphs: dict[str, Graph], settings: dict[str, Settings], stack: str
) -> None:
    """Minimum zero, at most seven days, no reservation, no repair; pools of other modes have no run limit."""
    for key, pool in _pools(graphs[stack]).items():
        mode = settings[stack].gpu_pools[key].capacity
        config = pool.inputs["nodeConfig"]
        affinity = config.get("reservationAffinity", {}).get("consumeReservationType")
        flex = mode.value in FLEX

        assert pool.inputs["autoscaling"]["totalMinNodeCount"] == 0
        assert pool.inputs["management"] == {"autoRepair": not flex, "autoUpgrade": True}
        assert "upgradeSettings" not in pool.inputs
        assert config.get("flexStart", False) is flex
        assert ("maxRunDuration" in config) is flex
        assert int(config.get("maxRunDuration", "0s").removesuffix("s")) <= 604_800
        assert config["spot"] is (mode is Capacity.SPOT)
        assert ("queuedProvisioning" in pool.inputs) is (mode is Capacity.QUEUED)
        assert (affinity == "NO_RESERVATION") is flex
        assert (affinity == "SPECIFIC_RESERVATION") is (mode is Capacity.RESERVED)


@pytest.mark.parametrize("stack", CLOUD_STACKS)
def test_pools_of_a_class_have_its_label_and_taint(
    graphs: dict[str, Graph], settings: dict[str, Settings], stack: str
) -> None:
    """GKE uses only pools with both; a pool outside of the classes has neither."""
    graph = graphs[stack]
    classes = {pool: key for key, entry in settings[stack].compute_classes.items() for pool in entry.priorities}
    declared = {node.inputs["metadata"]["name"]: node.inputs["spec"] for node in graph.of_type(CLASS)}

    for key, pool in _pools(graph).items():
        assert _taints(pool).get(COMPUTE_CLASS) == classes.get(key)
        assert pool.inputs["nodeConfig"]["labels"].get(COMPUTE_CLASS) == classes.get(key)
    for key, entry in settings[stack].compute_classes.items():
        assert declared[key]["priorities"] == [{"nodepools": [pool]} for pool in entry.priorities]
        assert declared[key]["nodePoolAutoCreation"] == {"enabled": False}
        assert declared[key]["whenUnsatisfiable"] == "DoNotScaleUp"


@pytest.mark.parametrize("stack", CLOUD_STACKS)
def test_flavors_tolerate_the_taints_of_their_machines(
    graphs: dict[str, Graph], settings: dict[str, Settings], stack: str
) -> None:
    """A workload that is admitted can run on the machines, and every GPU quota has a flavor."""
    graph = graphs[stack]
    flavors: dict[str, Mapping[str, Any]] = {
        node.inputs["metadata"]["name"]: node.inputs for node in graph.of_type(FLAVOR)
    }
    quotas = {key for team in settings[stack].teams.values() for key in team.quota.gpus}

    assert quotas <= set(flavors)
    for pool in _pools(graph).values():
        labels = pool.inputs["nodeConfig"]["labels"].items()
        (spec,) = [
            flavor["spec"]
            for flavor in flavors.values()
            if flavor["spec"] and flavor["spec"].get("nodeLabels", {}).items() <= labels
        ]

        assert set(_taints(pool)) <= {toleration["key"] for toleration in spec["tolerations"]}


def test_queued_flavors_require_an_explicit_toleration(graphs: dict[str, Graph]) -> None:
    """GKE taints queued machines: the flavor declares the taint and does not add the toleration."""
    flavors = [node.inputs for node in graphs["prod"].of_type(FLAVOR)]
    queued = [
        flavor for flavor in flavors if flavor["metadata"].get("labels", {}).get("groundwork.dev/capacity") == "queued"
    ]

    assert queued
    for flavor in queued:
        assert flavor["spec"]["nodeTaints"] == [
            {"key": "cloud.google.com/gke-queued", "value": "true", "effect": "NoSchedule"}
        ]
        assert [toleration["key"] for toleration in flavor["spec"]["tolerations"]] == ["nvidia.com/gpu"]


def test_flavors_are_ordered_by_price(graphs: dict[str, Graph]) -> None:
    """The cheapest GPU-hour first, and partitions last: a job that names no pool expects a complete GPU."""
    queue = next(node for node in graphs["prod"] if node.name == "queue-main.vision-cluster-queue")
    flavors = [flavor["name"] for flavor in queue.inputs["spec"]["resourceGroups"][1]["flavors"]]

    assert flavors == ["l4-any", "l4-serving", "a100-batch", "a100-training", "h100-pretraining", "a100-notebooks"]


@pytest.mark.parametrize("stack", CLOUD_STACKS)
def test_local_ssds_equal_the_settings_or_the_machine_type(
    graphs: dict[str, Graph], settings: dict[str, Settings], stack: str
) -> None:
    """A machine type with built-in disks uses all of them."""
    for key, pool in _pools(graphs[stack]).items():
        local_ssd = settings[stack].gpu_pools[key].local_ssd
        config = pool.inputs["nodeConfig"].get("ephemeralStorageLocalSsdConfig", {})
        expected = (
            0
            if local_ssd is None
            else local_ssd.partitions or gpu_machines()[settings[stack].gpu_pools[key].machine_type].local_ssd
        )

        assert config.get("localSsdCount", 0) == expected


def test_auto_provisioned_pools_are_hardened_like_declared_ones(graphs: dict[str, Graph]) -> None:
    """Account, network tag and secure boot are the same."""
    cluster = next(node for node in graphs["prod"] if node.name == "cluster-main-cluster")
    system = next(node for node in graphs["prod"] if node.name == "cluster-main-system")
    defaults = cluster.inputs["clusterAutoscaling"]["autoProvisioningDefaults"]
    limits = {limit["resourceType"] for limit in cluster.inputs["clusterAutoscaling"]["resourceLimits"]}

    assert {"cpu", "memory"} <= limits
    assert defaults["serviceAccount"] == system.inputs["nodeConfig"]["serviceAccount"]
    assert defaults["shieldedInstanceConfig"] == system.inputs["nodeConfig"]["shieldedInstanceConfig"]
    assert cluster.inputs["nodePoolAutoConfig"]["networkTags"]["tags"] == system.inputs["nodeConfig"]["tags"]


def test_gpu_count_multiplies_partitions_and_clients(settings: dict[str, Settings]) -> None:
    """A quota counts what GKE advertises: each partition, and each client of it."""
    assert per_node(settings["prod"].gpu_pools["a100-notebooks"]) == 7
    assert per_node(settings["dev"].gpu_pools["l4-shared"]) == 4
    assert per_node(settings["prod"].gpu_pools["l4-batch"]) == 4


def test_partitions_fit_on_their_gpu() -> None:
    """Slices of all partitions are at most the seven, or four, of the GPU."""
    for accelerator in Accelerator:
        slices = 4 if accelerator is Accelerator.RTX_PRO_6000 else 7
        for size, count in partitions(accelerator).items():
            assert int(size[0]) * count <= slices, (accelerator, size)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"mode": "flex-start"}, "max_run_seconds is required for flex-start and queued"),
        ({"mode": "spot", "max_run_seconds": 3600}, "max_run_seconds is required for"),
        ({"mode": "queued", "max_run_seconds": 604_801}, "between 1 and 604800"),
        ({"mode": "queued", "max_run_seconds": 0}, "max_run_seconds is 0"),
        ({"mode": "reserved"}, "a reservation is required for reserved machines"),
        ({"mode": "flex-start", "max_run_seconds": 60, "reservation": "x"}, "a reservation is required for"),
        ({"mode": "flex-start", "max_run_seconds": 60, "compact_placement": True}, "compact placement is for"),
    ],
)
def test_capacity_args_reject_invalid_combinations(wrong: dict[str, Any], message: str) -> None:
    """The component validates its arguments independently of the settings."""
    with pytest.raises(ValueError, match=message):
        CapacityArgs(max_nodes=1, **wrong)


def test_max_run_is_seven_days() -> None:
    """Exactly seven days are allowed."""
    assert CapacityArgs(mode="queued", max_nodes=1, max_run_seconds=604_800).max_run_seconds == 604_800


@pytest.fixture(scope="module")
def two_clusters(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Development with a second cluster, an L4 pool and a team in both, and a class that creates more pools."""
    config = dev()
    limited = {**MAIN, "autoprovisioning": AUTOPROVISIONING}
    for path, value in (
        ("clusters.main", limited),
        ("clusters.second", {**SECOND, "autoprovisioning": AUTOPROVISIONING}),
        ("gpu_pools.l4.clusters", ["second", "main"]),
        ("gpu_pools.l4.local_ssd", {"use": "cache", "partitions": 1}),
        ("gpu_pools.a100.local_ssd", {"use": "block", "partitions": 2}),
        ("compute_classes", {"l4-any": {"clusters": ["main", "second"], "priorities": ["l4"], "create_pools": True}}),
        ("compute_classes.l4-any.active_migration", True),
        ("compute_classes.l4-any.when_unsatisfiable", "any-priority"),
        ("teams.vision.clusters", ["main", "second"]),
        ("teams.vision.quota.gpus", {"l4-any": 2, "a100": 1}),
        ("teams.forecasting.quota.gpus", {}),
        ("gpu_pools.l4-shared.unqueued", True),
    ):
        put(config, path, value)
    assert problems_of(config) == []
    return plan(tmp_path_factory.mktemp("two"), "dev", config)


def test_pool_is_declared_in_each_of_its_clusters(two_clusters: Graph) -> None:
    """One entry is one pool in each cluster, with the cluster in its logical name."""
    pools = {node.name: node.inputs for node in two_clusters.of_type(POOL) if node.inputs["name"] == "l4"}

    assert set(pools) == {"gpu-main.l4-pool", "gpu-second.l4-pool"}
    assert {name: pool["nodeConfig"]["tags"] for name, pool in pools.items()} == {
        "gpu-main.l4-pool": ["gke-main-node"],
        "gpu-second.l4-pool": ["gke-second-node"],
    }


def test_quota_applies_in_each_cluster_with_the_pool(two_clusters: Graph) -> None:
    """The A100 is in one cluster only, and counts in the quota there."""
    quotas = {
        node.name: node.inputs["spec"]["hard"]["requests.nvidia.com/gpu"]
        for node in two_clusters
        if node.name in ("team-main.vision-quota", "team-second.vision-quota")
    }

    assert quotas == {"team-main.vision-quota": "3", "team-second.vision-quota": "2"}


def test_created_pools_are_like_the_last_priority(two_clusters: Graph) -> None:
    """The last priority is the template: its machine type, disk and zones."""
    classes = two_clusters.of_type(CLASS)

    assert [node.name for node in classes] == ["class-main.l4-any-class", "class-second.l4-any-class"]
    for node in classes:
        assert node.inputs["spec"] == {
            "priorities": [
                {"nodepools": ["l4"]},
                {
                    "machineType": "g2-standard-8",
                    "gpu": {"type": "nvidia-l4", "count": 1, "driverVersion": "default"},
                    "spot": True,
                    "storage": {"bootDiskType": "pd-balanced", "bootDiskSize": 200, "localSSDCount": 1},
                    "location": {"zones": ["europe-west4-a"]},
                },
            ],
            "whenUnsatisfiable": "ScaleUpAnyway",
            "activeMigration": {"optimizeRulePriority": True},
            "nodePoolAutoCreation": {"enabled": True},
            "nodePoolConfig": {"nodeLabels": {"groundwork.dev/pool": "l4-any"}},
        }


def test_local_ssd_use_follows_the_settings(two_clusters: Graph) -> None:
    """A data cache leaves nothing for ephemeral storage; raw devices are another argument."""
    pools = {node.inputs["name"]: node.inputs["nodeConfig"] for node in two_clusters.of_type(POOL)}

    assert pools["l4"]["ephemeralStorageLocalSsdConfig"] == {"localSsdCount": 0, "dataCacheCount": 1}
    assert pools["a100"]["localNvmeSsdBlockConfig"] == {"localSsdCount": 2}
