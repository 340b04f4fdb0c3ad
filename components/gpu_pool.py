"""A pool of GPU machines that costs nothing while nobody trains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import GPU, POOL_LABEL, Component, Labels


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
    max_nodes: int
    labels: Labels


@dataclass(frozen=True)
class GpuMachineArgs:
    """One machine of the pool: `accelerators` GPUs of a type, a boot disk in GB, bought as spot or on demand.

    `disk_key` is the key of boot disks; another one replaces the pool.
    """

    machine_type: str
    accelerator: str
    accelerators: int
    disk_gb: int
    spot: bool
    disk_key: pulumi.Input[str] | None = None


class GpuPool(Component):
    """A node pool with drivers installed by Google, a declared taint and a minimum of no nodes."""

    pool: gcp.container.NodePool

    def __init__(self, name: str, args: GpuPoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the pool."""
        super().__init__(name, opts)
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
                total_max_node_count=args.max_nodes,
                # ANY takes machines from whichever zone has them; GPUs are rarely to be had in every zone at once.
                location_policy="ANY",
            ),
            management=gcp.container.NodePoolManagementArgs(auto_repair=True, auto_upgrade=True),
            node_config=self._node_config(args),
            # The autoscaler owns the number of nodes; following it back to 0 would replace the pool under its jobs.
            opts=self.child(ignore_changes=["initialNodeCount"]),
        )
        self.register_outputs({"name": args.pool_name})

    def _node_config(self, args: GpuPoolArgs) -> gcp.container.NodePoolNodeConfigArgs:
        machine = args.machine
        return gcp.container.NodePoolNodeConfigArgs(
            machine_type=machine.machine_type,
            disk_size_gb=machine.disk_gb,
            disk_type="pd-balanced",
            boot_disk_kms_key=machine.disk_key,
            kubelet_config=gcp.container.NodePoolNodeConfigKubeletConfigArgs(
                insecure_kubelet_readonly_port_enabled="FALSE"
            ),
            image_type="COS_CONTAINERD",
            spot=machine.spot,
            guest_accelerators=[
                gcp.container.NodePoolNodeConfigGuestAcceleratorArgs(
                    type=machine.accelerator,
                    count=machine.accelerators,
                    gpu_driver_installation_config=(
                        gcp.container.NodePoolNodeConfigGuestAcceleratorGpuDriverInstallationConfigArgs(
                            gpu_driver_version="DEFAULT"
                        )
                    ),
                )
            ],
            # GKE adds this taint only while the cluster has a CPU pool; declared, it is there whatever the order,
            # and a later change of it would replace the pool in plain sight.
            taints=[gcp.container.NodePoolNodeConfigTaintArgs(key=GPU, value="present", effect="NO_SCHEDULE")],
            service_account=args.node_account,
            oauth_scopes=["https://www.googleapis.com/auth/cloud-platform"],
            tags=[args.node_tag],
            labels={POOL_LABEL: args.pool_name},
            resource_labels=dict(args.labels),
            workload_metadata_config=gcp.container.NodePoolNodeConfigWorkloadMetadataConfigArgs(mode="GKE_METADATA"),
            # Google's own drivers are signed, so secure boot stays on.
            shielded_instance_config=gcp.container.NodePoolNodeConfigShieldedInstanceConfigArgs(
                enable_secure_boot=True, enable_integrity_monitoring=True
            ),
            gcfs_config=gcp.container.NodePoolNodeConfigGcfsConfigArgs(enabled=True),
            gvnic=gcp.container.NodePoolNodeConfigGvnicArgs(enabled=True),
        )
