"""Tests of `components.gpu_pool`."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

import pytest

from components._common import Capacity
from components.gpu_pool import CapacityArgs, GpuMachineArgs, GpuPool, GpuPoolArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, inputs, named

WEEK_SECONDS = 7 * 24 * 60 * 60
MACHINE = GpuMachineArgs(
    machine_type="g2-standard-48",
    accelerator="nvidia-l4",
    accelerators=4,
    disk_gb=200,
)
POOL = GpuPoolArgs(
    pool_name="l4",
    project="ml-service",
    region="europe-west4",
    cluster="ml",
    node_account="nodes@ml-service.iam.gserviceaccount.com",
    node_tag="gke-ml-node",
    zones=["europe-west4-a", "europe-west4-b"],
    machine=MACHINE,
    capacity=CapacityArgs("on-demand", max_nodes=8),
    compute_class=None,
    labels={"environment": "test"},
)
CAPACITIES: dict[Capacity, CapacityArgs] = {
    "on-demand": CapacityArgs("on-demand", 8),
    "spot": CapacityArgs("spot", 8),
    "reserved": CapacityArgs("reserved", 8, reservation="a3"),
    "flex-start": CapacityArgs("flex-start", 8, max_run_seconds=3600),
    "queued": CapacityArgs("queued", 8, max_run_seconds=3600),
}
GPU_TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}


def _graph(**changes: Any) -> Graph:
    return declare(lambda: GpuPool("gpu-ml.l4", dataclasses.replace(POOL, **changes)))


def _pool(**changes: Any) -> dict[str, Any]:
    return inputs(_graph(**changes), "gpu-ml.l4-pool")


def _node(**changes: Any) -> dict[str, Any]:
    node: dict[str, Any] = _pool(**changes)["nodeConfig"]
    return node


def _machine(**changes: Any) -> dict[str, Any]:
    return _node(machine=dataclasses.replace(MACHINE, **changes))


def test_gpu_pool_scales_from_zero_in_whichever_zone_has_machines() -> None:
    """GPUs are rarely available in every zone at once."""
    pool = _pool()
    pool.pop("nodeConfig")

    assert declared(_graph()) == {"gpu-ml.l4-pool": "gcp:container/nodePool:NodePool"}
    assert pool == {
        "name": "l4",
        "project": "ml-service",
        "location": "europe-west4",
        "cluster": "ml",
        "nodeLocations": ["europe-west4-a", "europe-west4-b"],
        "initialNodeCount": 0,
        "autoscaling": {"totalMinNodeCount": 0, "totalMaxNodeCount": 8, "locationPolicy": "ANY"},
        "management": {"autoRepair": True, "autoUpgrade": True},
    }


def test_gpu_pool_ignores_the_initial_node_count() -> None:
    """GKE reports the current number of nodes: setting zero again would replace the pool and end its jobs."""
    assert named(_graph(), "gpu-ml.l4-pool").ignore_changes == ("initialNodeCount",)


def test_gpu_pool_nodes_are_hardened_and_have_gpu_drivers() -> None:
    """All inputs of a pool without options."""
    assert _node() == {
        "machineType": "g2-standard-48",
        "diskSizeGb": 200,
        "diskType": "pd-balanced",
        "kubeletConfig": {"insecureKubeletReadonlyPortEnabled": "FALSE"},
        "imageType": "COS_CONTAINERD",
        "spot": False,
        "guestAccelerators": [
            {
                "type": "nvidia-l4",
                "count": 4,
                "gpuDriverInstallationConfig": {"gpuDriverVersion": "DEFAULT"},
            }
        ],
        "taints": [GPU_TAINT],
        "serviceAccount": "nodes@ml-service.iam.gserviceaccount.com",
        "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"],
        "tags": ["gke-ml-node"],
        "labels": {"groundwork.dev/pool": "l4"},
        "resourceLabels": {"environment": "test"},
        "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        "shieldedInstanceConfig": {"enableSecureBoot": True, "enableIntegrityMonitoring": True},
        "gcfsConfig": {"enabled": True},
        "gvnic": {"enabled": True},
    }


def test_gpu_pool_of_a_compute_class_has_its_label_and_taint() -> None:
    """GKE places pods of the class by its label, queues by the other one, and the taint excludes other pods."""
    node = _node(compute_class="a100")

    assert node["labels"] == {"groundwork.dev/pool": "a100", "cloud.google.com/compute-class": "a100"}
    assert node["taints"] == [
        GPU_TAINT,
        {"key": "cloud.google.com/compute-class", "value": "a100", "effect": "NO_SCHEDULE"},
    ]


@pytest.mark.parametrize(
    ("capacity", "repaired", "spot", "flex_start", "queued"),
    [
        ("on-demand", True, False, None, None),
        ("spot", True, True, None, None),
        ("reserved", True, False, None, None),
        ("flex-start", False, False, True, None),
        ("queued", False, False, True, {"enabled": True}),
    ],
)
def test_gpu_pool_options_follow_from_the_capacity(
    capacity: Capacity, *, repaired: bool, spot: bool, flex_start: bool | None, queued: dict[str, bool] | None
) -> None:
    """Flex-start machines are not repaired, since a replacement may take days."""
    pool = _pool(capacity=CAPACITIES[capacity])

    assert pool["management"] == {"autoRepair": repaired, "autoUpgrade": True}
    assert pool["nodeConfig"]["spot"] is spot
    assert pool["nodeConfig"].get("flexStart") is flex_start
    assert pool.get("queuedProvisioning") == queued


@pytest.mark.parametrize(
    ("capacity", "affinity"),
    [
        ("on-demand", None),
        ("spot", None),
        (
            "reserved",
            {
                "consumeReservationType": "SPECIFIC_RESERVATION",
                "key": "compute.googleapis.com/reservation-name",
                "values": ["a3"],
            },
        ),
        ("flex-start", {"consumeReservationType": "NO_RESERVATION"}),
        ("queued", {"consumeReservationType": "NO_RESERVATION"}),
    ],
)
def test_gpu_pool_uses_only_its_reservation(capacity: Capacity, affinity: dict[str, Any] | None) -> None:
    """Flex-start machines must not consume a reservation."""
    assert _node(capacity=CAPACITIES[capacity]).get("reservationAffinity") == affinity


def test_gpu_pool_max_run_duration_is_in_seconds() -> None:
    """Flex-start machines end after their duration; others have none."""
    assert _node(capacity=CAPACITIES["flex-start"])["maxRunDuration"] == "3600s"
    assert "maxRunDuration" not in _node()


def test_gpu_pool_compact_placement_is_declared_where_it_is_enabled() -> None:
    """Machines that are close together have a faster network."""
    assert _pool(capacity=CapacityArgs("spot", 8, compact_placement=True))["placementPolicy"] == {"type": "COMPACT"}


@pytest.mark.parametrize(("sharing", "strategy"), [("time-sharing", "TIME_SHARING"), ("mps", "MPS")])
def test_gpu_pool_shares_gpus_between_clients(sharing: str, strategy: str) -> None:
    """The strategy has the name of the API."""
    assert _machine(sharing=sharing, clients=3)["guestAccelerators"][0]["gpuSharingConfig"] == {
        "gpuSharingStrategy": strategy,
        "maxSharedClientsPerGpu": 3,
    }


def test_gpu_pool_partition_is_the_size_of_each_gpu_partition() -> None:
    """A partition and sharing are independent."""
    (accelerator,) = _machine(partition="1g.5gb")["guestAccelerators"]

    assert accelerator["gpuPartitionSize"] == "1g.5gb"
    assert "gpuSharingConfig" not in accelerator


@pytest.mark.parametrize(
    ("use", "ephemeral", "block"),
    [
        (None, None, None),
        ("scratch", {"localSsdCount": 2}, None),
        ("cache", {"localSsdCount": 0, "dataCacheCount": 2}, None),
        ("block", None, {"localSsdCount": 2}),
    ],
)
def test_gpu_pool_local_ssd_is_scratch_cache_or_block(
    use: Literal["scratch", "cache", "block"] | None,
    ephemeral: dict[str, int] | None,
    block: dict[str, int] | None,
) -> None:
    """All partitions have one use."""
    node = _machine(local_ssd=use, local_ssd_partitions=2)

    assert node.get("ephemeralStorageLocalSsdConfig") == ephemeral
    assert node.get("localNvmeSsdBlockConfig") == block


def test_gpu_pool_disk_key_encrypts_boot_disks() -> None:
    """Another key replaces the pool."""
    assert _machine(disk_key="projects/p/disk-key")["bootDiskKmsKey"] == "projects/p/disk-key"


def test_gpu_machine_defaults_are_whole_gpus_without_local_ssd() -> None:
    """An option that is not given is off, and local SSDs have zero partitions."""
    assert (MACHINE.partition, MACHINE.sharing, MACHINE.clients) == (None, None, 1)
    assert (MACHINE.local_ssd, MACHINE.disk_key) == (None, None)
    assert _machine(local_ssd="scratch")["ephemeralStorageLocalSsdConfig"] == {"localSsdCount": 0}


@pytest.mark.parametrize("seconds", [1, WEEK_SECONDS])
def test_capacity_accepts_runs_of_up_to_a_week(seconds: int) -> None:
    """Both limits are valid."""
    assert CapacityArgs("queued", 1, max_run_seconds=seconds).max_run_seconds == seconds


@pytest.mark.parametrize("mode", ["on-demand", "spot"])
def test_capacity_accepts_compact_placement(mode: Capacity) -> None:
    """Machines that are created one by one can be placed."""
    assert CapacityArgs(mode, 1, compact_placement=True).compact_placement


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"mode": "flex-start"},
            "max_run_seconds is required for flex-start and queued machines only, not for flex-start",
        ),
        ({"mode": "queued"}, "max_run_seconds is required for flex-start and queued machines only, not for queued"),
        (
            {"mode": "spot", "max_run_seconds": 60},
            "max_run_seconds is required for flex-start and queued machines only, not for spot",
        ),
        ({"mode": "queued", "max_run_seconds": 0}, "max_run_seconds is 0; it must be between 1 and 604800"),
        (
            {"mode": "queued", "max_run_seconds": WEEK_SECONDS + 1},
            "max_run_seconds is 604801; it must be between 1 and 604800",
        ),
        ({"mode": "reserved"}, "a reservation is required for reserved machines only, not for reserved"),
        (
            {"mode": "spot", "reservation": "a3"},
            "a reservation is required for reserved machines only, not for spot",
        ),
        (
            {"mode": "reserved", "reservation": "a3", "compact_placement": True},
            "compact placement is for on-demand and spot machines, not for reserved",
        ),
    ],
)
def test_capacity_rejects_what_gke_rejects_only_after_minutes(args: dict[str, Any], message: str) -> None:
    """The message names the setting and the mode."""
    with pytest.raises(ValueError, match="^" + message + "$"):
        CapacityArgs(max_nodes=1, **args)
