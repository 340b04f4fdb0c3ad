"""A pool of GPU machines that costs nothing while nobody trains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_gcp as gcp

from components._common import COMPUTE_CLASS, GPU, POOL_LABEL, Capacity, Component, Labels

# https://cloud.google.com/kubernetes-engine/docs/concepts/dws
FLEX: Final = ("flex-start", "queued")
LONGEST_RUN_SECONDS: Final = 604_800
RESERVATION_KEY: Final = "compute.googleapis.com/reservation-name"


@dataclass(frozen=True)
class GpuPoolArgs:
    """Where the pool belongs. `cluster` and `node_account` come from the cluster and its account."""

    pool_name: str
    project: str
    region: str
    cluster: pulumi.Input[str]
    node_account: pulumi.Input[str]
    node_tag: str
    zones: Sequence[str]
    machine: GpuMachineArgs
    capacity: CapacityArgs
    compute_class: str | None  # of which the pool is a rung
    labels: Labels


@dataclass(frozen=True)
class GpuMachineArgs:
    """One machine of the pool: `accelerators` GPUs of a type, how pods get at them, and its disks.

    `partition` is the size that each GPU is cut into; `clients` containers share each GPU, or each part of it.
    `disk_key` is the key of boot disks; another one replaces the pool.
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
    """How the machines are had, and how many.

    `reservation` is a name, or ``projects/<project>/reservations/<name>`` where another project shares it.
    """

    mode: Capacity
    max_nodes: int
    compact_placement: bool = False
    reservation: str | None = None
    max_run_seconds: int | None = None

    def __post_init__(self) -> None:
        """Refuse what GKE refuses only after minutes."""
        if (self.mode in FLEX) != (self.max_run_seconds is not None):
            raise ValueError(f"max_run_seconds belongs to {' and '.join(FLEX)} machines, and these are {self.mode}")
        if self.max_run_seconds is not None and not 0 < self.max_run_seconds <= LONGEST_RUN_SECONDS:
            raise ValueError(f"max_run_seconds is {self.max_run_seconds}, and at most {LONGEST_RUN_SECONDS}")
        if (self.mode == "reserved") != (self.reservation is not None):
            raise ValueError(f"a reservation belongs to reserved machines, and these are {self.mode}")
        if self.compact_placement and self.mode not in ("on-demand", "spot"):
            raise ValueError(f"{self.mode} machines cannot be placed")


class GpuPool(Component):
    """A node pool with drivers installed by Google, declared taints and a minimum of no nodes."""

    pool: gcp.container.NodePool

    def __init__(self, name: str, args: GpuPoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the pool.

        No upgrade strategy is named: GKE chooses short-lived upgrades for flex-start and queued machines by itself,
        and the provider refuses that name.
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
            autoscaling=gcp.container.NodePoolAutoscalingArgs(
                total_min_node_count=0,
                total_max_node_count=capacity.max_nodes,
                # ANY takes machines from whichever zone has them; GPUs are rarely to be had in every zone at once.
                location_policy="ANY",
            ),
            # A machine that was waited for is not taken away to be repaired: the next one may be days off.
            management=gcp.container.NodePoolManagementArgs(auto_repair=not flex, auto_upgrade=True),
            queued_provisioning=(
                gcp.container.NodePoolQueuedProvisioningArgs(enabled=True) if capacity.mode == "queued" else None
            ),
            placement_policy=(
                gcp.container.NodePoolPlacementPolicyArgs(type="COMPACT") if capacity.compact_placement else None
            ),
            node_config=_node_config(args),
            # The autoscaler owns the number of nodes; following it back to 0 would replace the pool under its jobs.
            opts=self.child(ignore_changes=["initialNodeCount"]),
        )
        self.register_outputs({"name": args.pool_name})


def _node_config(args: GpuPoolArgs) -> gcp.container.NodePoolNodeConfigArgs:
    machine, capacity = args.machine, args.capacity
    seconds = capacity.max_run_seconds
    return gcp.container.NodePoolNodeConfigArgs(
        machine_type=machine.machine_type,
        disk_size_gb=machine.disk_gb,
        disk_type="pd-balanced",
        boot_disk_kms_key=machine.disk_key,
        kubelet_config=gcp.container.NodePoolNodeConfigKubeletConfigArgs(
            insecure_kubelet_readonly_port_enabled="FALSE"
        ),
        image_type="COS_CONTAINERD",
        spot=capacity.mode == "spot",
        flex_start=True if capacity.mode in FLEX else None,
        max_run_duration=None if seconds is None else f"{seconds}s",
        reservation_affinity=_reservation(capacity),
        guest_accelerators=[_gpu(machine)],
        ephemeral_storage_local_ssd_config=_ephemeral(machine),
        local_nvme_ssd_block_config=(
            gcp.container.NodePoolNodeConfigLocalNvmeSsdBlockConfigArgs(local_ssd_count=machine.local_ssd_partitions)
            if machine.local_ssd == "block"
            else None
        ),
        taints=_taints(args),
        service_account=args.node_account,
        oauth_scopes=["https://www.googleapis.com/auth/cloud-platform"],
        tags=[args.node_tag],
        labels={
            POOL_LABEL: args.pool_name,
            **({COMPUTE_CLASS: args.compute_class} if args.compute_class is not None else {}),
        },
        resource_labels=dict(args.labels),
        workload_metadata_config=gcp.container.NodePoolNodeConfigWorkloadMetadataConfigArgs(mode="GKE_METADATA"),
        # Google's own drivers are signed, so secure boot stays on.
        shielded_instance_config=gcp.container.NodePoolNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        gcfs_config=gcp.container.NodePoolNodeConfigGcfsConfigArgs(enabled=True),
        gvnic=gcp.container.NodePoolNodeConfigGvnicArgs(enabled=True),
    )


def _gpu(machine: GpuMachineArgs) -> gcp.container.NodePoolNodeConfigGuestAcceleratorArgs:
    return gcp.container.NodePoolNodeConfigGuestAcceleratorArgs(
        type=machine.accelerator,
        count=machine.accelerators,
        gpu_partition_size=machine.partition,
        gpu_driver_installation_config=(
            gcp.container.NodePoolNodeConfigGuestAcceleratorGpuDriverInstallationConfigArgs(
                gpu_driver_version="DEFAULT"
            )
        ),
        gpu_sharing_config=(
            gcp.container.NodePoolNodeConfigGuestAcceleratorGpuSharingConfigArgs(
                gpu_sharing_strategy=machine.sharing.upper().replace("-", "_"),
                max_shared_clients_per_gpu=machine.clients,
            )
            if machine.sharing is not None
            else None
        ),
    )


def _taints(args: GpuPoolArgs) -> list[gcp.container.NodePoolNodeConfigTaintArgs]:
    """GKE adds the first taint only while the cluster has a CPU pool; declared, it is there whatever the order.

    A later change of any would replace the pool in plain sight. Queued machines carry cloud.google.com/gke-queued
    too, which GKE sets and no source says that others may.
    """
    taints = [gcp.container.NodePoolNodeConfigTaintArgs(key=GPU, value="present", effect="NO_SCHEDULE")]
    if args.compute_class is not None:
        taints.append(
            gcp.container.NodePoolNodeConfigTaintArgs(key=COMPUTE_CLASS, value=args.compute_class, effect="NO_SCHEDULE")
        )
    return taints


def _reservation(capacity: CapacityArgs) -> gcp.container.NodePoolNodeConfigReservationAffinityArgs | None:
    if capacity.mode in FLEX:
        return gcp.container.NodePoolNodeConfigReservationAffinityArgs(consume_reservation_type="NO_RESERVATION")
    if capacity.reservation is not None:
        return gcp.container.NodePoolNodeConfigReservationAffinityArgs(
            consume_reservation_type="SPECIFIC_RESERVATION", key=RESERVATION_KEY, values=[capacity.reservation]
        )
    return None


def _ephemeral(machine: GpuMachineArgs) -> gcp.container.NodePoolNodeConfigEphemeralStorageLocalSsdConfigArgs | None:
    """Temporary files of pods, which is also where FUSE caches files, or GKE's cache in front of persistent disks."""
    count = machine.local_ssd_partitions
    match machine.local_ssd:
        case "scratch":
            return gcp.container.NodePoolNodeConfigEphemeralStorageLocalSsdConfigArgs(local_ssd_count=count)
        case "cache":
            return gcp.container.NodePoolNodeConfigEphemeralStorageLocalSsdConfigArgs(
                local_ssd_count=0, data_cache_count=count
            )
        case _:
            return None
