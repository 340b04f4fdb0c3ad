"""A node pool of GPU machines that scales to zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_gcp as gcp

from components._common import COMPUTE_CLASS, GPU, POOL_LABEL, Capacity, Component, Labels, without_none

# Capacity of the Dynamic Workload Scheduler, and its longest run:
# https://cloud.google.com/kubernetes-engine/docs/concepts/dws
FLEX: Final = ("flex-start", "queued")
MAX_RUN_SECONDS: Final = 604_800
RESERVATION_KEY: Final = "compute.googleapis.com/reservation-name"


@dataclass(frozen=True)
class GpuPoolArgs:
    """The pool: its cluster, the account and tag of its nodes, its machines and their capacity."""

    pool_name: str
    project: str
    region: str
    cluster: pulumi.Input[str]
    node_account: pulumi.Input[str]
    node_tag: str
    zones: Sequence[str]
    machine: GpuMachineArgs
    capacity: CapacityArgs
    compute_class: str | None  # the compute class of the pool's nodes, if any
    labels: Labels


@dataclass(frozen=True)
class GpuMachineArgs:
    """One machine of the pool: `accelerators` GPUs of a type, how pods share them, and its disks.

    `partition` is the partition size of each GPU; `clients` containers share each GPU or partition.
    `disk_key` encrypts boot disks; another one replaces the pool.
    """

    machine_type: str
    accelerator: str
    accelerators: int
    disk_gb: int
    partition: str | None = None
    sharing: Literal["time-sharing", "mps"] | None = None
    clients: int = 1
    local_ssd: Literal["scratch", "cache", "block"] | None = None
    local_ssd_partitions: int = 0
    disk_key: pulumi.Input[str] | None = None


@dataclass(frozen=True)
class CapacityArgs:
    """How the machines are obtained, and their maximum number.

    `reservation` is a name, or ``projects/<project>/reservations/<name>`` where another project shares it.
    """

    mode: Capacity
    max_nodes: int
    compact_placement: bool = False
    reservation: str | None = None
    max_run_seconds: int | None = None

    def __post_init__(self) -> None:
        """Reject what GKE rejects only after minutes."""
        if (self.mode in FLEX) != (self.max_run_seconds is not None):
            raise ValueError(f"max_run_seconds is required for {' and '.join(FLEX)} machines only, not for {self.mode}")
        if self.max_run_seconds is not None and not 0 < self.max_run_seconds <= MAX_RUN_SECONDS:
            raise ValueError(f"max_run_seconds is {self.max_run_seconds}; it must be between 1 and {MAX_RUN_SECONDS}")
        if (self.mode == "reserved") != (self.reservation is not None):
            raise ValueError(f"a reservation is required for reserved machines only, not for {self.mode}")
        if self.compact_placement and self.mode not in ("on-demand", "spot"):
            raise ValueError(f"compact placement is for on-demand and spot machines, not for {self.mode}")


class GpuPool(Component):
    """A node pool with GPU drivers installed by GKE, declared taints and a minimum of zero nodes."""

    pool: gcp.container.NodePool

    def __init__(self, name: str, args: GpuPoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the pool.

        The upgrade strategy is not declared: GKE selects short-lived upgrades for flex-start and queued machines, and
        the provider does not accept that strategy.
        """
        super().__init__(name, opts)
        capacity = args.capacity
        flex = capacity.mode in FLEX
        self.pool = gcp.container.NodePool(
            f"{name}-pool",
            name=args.pool_name,
            project=args.project,
            location=args.region,
            cluster=args.cluster,
            node_locations=list(args.zones),
            initial_node_count=0,
            autoscaling={
                "total_min_node_count": 0,
                "total_max_node_count": capacity.max_nodes,
                # ANY uses whichever zone has machines; GPUs are rarely available in every zone at once.
                "location_policy": "ANY",
            },
            # Flex-start machines are not repaired automatically: a replacement may take days.
            management={"auto_repair": not flex, "auto_upgrade": True},
            queued_provisioning={"enabled": True} if capacity.mode == "queued" else None,
            placement_policy={"type": "COMPACT"} if capacity.compact_placement else None,
            node_config=_node_config(args),
            # The autoscaler sets the number of nodes; setting it to 0 again would replace the pool and end its jobs.
            opts=self.child(ignore_changes=["initialNodeCount"]),
        )
        self.register_outputs({"name": args.pool_name})


def _node_config(args: GpuPoolArgs) -> gcp.container.NodePoolNodeConfigArgsDict:
    machine, capacity = args.machine, args.capacity
    seconds = capacity.max_run_seconds
    # Kueue ignores keys of a job's node selector that a flavor does not have: without this key, the flavor of a compute
    # class would admit jobs that name a pool. A class is one flavor, so its pools have the name of the class.
    labels = {POOL_LABEL: args.compute_class or args.pool_name}
    if args.compute_class is not None:
        labels[COMPUTE_CLASS] = args.compute_class
    config: gcp.container.NodePoolNodeConfigArgsDict = {
        "machine_type": machine.machine_type,
        "disk_size_gb": machine.disk_gb,
        "disk_type": "pd-balanced",
        "boot_disk_kms_key": machine.disk_key,
        "kubelet_config": {"insecure_kubelet_readonly_port_enabled": "FALSE"},
        "image_type": "COS_CONTAINERD",
        "spot": capacity.mode == "spot",
        "flex_start": True if capacity.mode in FLEX else None,
        "max_run_duration": None if seconds is None else f"{seconds}s",
        "reservation_affinity": _reservation(capacity),
        "guest_accelerators": [_gpu(machine)],
        "ephemeral_storage_local_ssd_config": _ephemeral(machine),
        "local_nvme_ssd_block_config": (
            {"local_ssd_count": machine.local_ssd_partitions} if machine.local_ssd == "block" else None
        ),
        "taints": _taints(args),
        "service_account": args.node_account,
        "oauth_scopes": ["https://www.googleapis.com/auth/cloud-platform"],
        "tags": [args.node_tag],
        "labels": labels,
        "resource_labels": dict(args.labels),
        "workload_metadata_config": {"mode": "GKE_METADATA"},
        # Google's drivers are signed, so secure boot stays enabled.
        "shielded_instance_config": {"enable_secure_boot": True, "enable_integrity_monitoring": True},
        "gcfs_config": {"enabled": True},
        "gvnic": {"enabled": True},
    }
    return without_none(config)


def _gpu(machine: GpuMachineArgs) -> gcp.container.NodePoolNodeConfigGuestAcceleratorArgsDict:
    config: gcp.container.NodePoolNodeConfigGuestAcceleratorArgsDict = {
        "type": machine.accelerator,
        "count": machine.accelerators,
        "gpu_partition_size": machine.partition,
        "gpu_driver_installation_config": {"gpu_driver_version": "DEFAULT"},
        "gpu_sharing_config": None
        if machine.sharing is None
        else {
            "gpu_sharing_strategy": machine.sharing.upper().replace("-", "_"),
            "max_shared_clients_per_gpu": machine.clients,
        },
    }
    return without_none(config)


def _taints(args: GpuPoolArgs) -> list[gcp.container.NodePoolNodeConfigTaintArgsDict]:
    """The taint of GPU nodes, which GKE adds only while the cluster has a CPU pool, and that of the compute class.

    A later change of a taint replaces the pool, and the preview shows that. Queued machines also have the taint
    cloud.google.com/gke-queued, which GKE sets; no source says that it may be declared.
    """
    taints: list[gcp.container.NodePoolNodeConfigTaintArgsDict] = [
        {"key": GPU, "value": "present", "effect": "NO_SCHEDULE"}
    ]
    if args.compute_class is not None:
        taints.append({"key": COMPUTE_CLASS, "value": args.compute_class, "effect": "NO_SCHEDULE"})
    return taints


def _reservation(capacity: CapacityArgs) -> gcp.container.NodePoolNodeConfigReservationAffinityArgsDict | None:
    if capacity.mode in FLEX:
        return {"consume_reservation_type": "NO_RESERVATION"}
    if capacity.reservation is not None:
        return {
            "consume_reservation_type": "SPECIFIC_RESERVATION",
            "key": RESERVATION_KEY,
            "values": [capacity.reservation],
        }
    return None


def _ephemeral(
    machine: GpuMachineArgs,
) -> gcp.container.NodePoolNodeConfigEphemeralStorageLocalSsdConfigArgsDict | None:
    """Local SSDs for temporary files of pods and the file cache of FUSE, or for GKE's cache of persistent disks."""
    match machine.local_ssd:
        case "scratch":
            return {"local_ssd_count": machine.local_ssd_partitions}
        case "cache":
            return {"local_ssd_count": 0, "data_cache_count": machine.local_ssd_partitions}
        case _:
            return None
