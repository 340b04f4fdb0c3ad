"""GPU node pools, and the compute classes that choose between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components.cluster import Cluster
from components.compute_class import ComputeClass, ComputeClassArgs, CreatedPoolArgs, WhenUnsatisfiable
from components.gpu_pool import CapacityArgs, GpuMachineArgs, GpuPool, GpuPoolArgs
from components.network import node_tag
from components.node_account import NodeAccount
from stacks import labels
from stacks.layers.encryption import Keys, Purpose
from stacks.settings import Settings
from stacks.settings.facts.gpu_machines import gpu_machines
from stacks.settings.model.gpu_pools import Capacity, Unsatisfiable
from stacks.settings.model.gpu_pools import ComputeClass as ClassSettings
from stacks.settings.model.gpu_pools import GpuPool as PoolSettings

UNSATISFIABLE: Final[Mapping[Unsatisfiable, WhenUnsatisfiable]] = {
    Unsatisfiable.WAIT: "DoNotScaleUp",
    Unsatisfiable.ANY_PRIORITY: "ScaleUpAnyway",
}


def gpu_pools(
    settings: Settings,
    *,
    google: gcp.Provider,
    keys: Keys,
    node_accounts: dict[str, NodeAccount],
    clusters: dict[str, Cluster],
) -> dict[tuple[str, str], GpuPool]:
    """GPU pools by cluster and key, each after the system pool of its cluster."""
    pools = {}
    for key, entry in settings.gpu_pools.items():
        for cluster in entry.clusters:
            # The name of a pool was its key while a pool had one cluster: that of the first cluster exists under it.
            aliases = [pulumi.Alias(name=f"gpu-{key}")] if cluster == entry.clusters[0] else None
            pools[cluster, key] = GpuPool(
                f"gpu-{cluster}.{key}",  # keys contain no dots, so names are unique
                GpuPoolArgs(
                    pool_name=key,
                    project=settings.projects.service,
                    region=settings.clusters[cluster].region,
                    cluster=clusters[cluster].cluster.name,
                    node_account=node_accounts[cluster].email,
                    node_tag=node_tag(cluster),
                    zones=entry.zones,
                    machine=_machine(entry, keys.of(Purpose.DISKS, settings.clusters[cluster].region)),
                    capacity=_capacity(entry),
                    compute_class=settings.class_of(key),
                    labels=labels.shared(settings),
                ),
                pulumi.ResourceOptions(provider=google, depends_on=[clusters[cluster].system_pool], aliases=aliases),
            )
    return pools


def _machine(entry: PoolSettings, disk_key: pulumi.Output[str] | None = None) -> GpuMachineArgs:
    sharing, local_ssd = entry.sharing, entry.local_ssd
    return GpuMachineArgs(
        machine_type=entry.machine_type,
        accelerator=entry.accelerator.value,
        accelerators=entry.accelerators_per_node,
        disk_gb=entry.disk_gb,
        partition=entry.partition,
        sharing=None if sharing is None else sharing.strategy.value,
        clients=1 if sharing is None else sharing.clients,
        local_ssd=None if local_ssd is None else local_ssd.use.value,
        local_ssd_partitions=_local_ssd_partitions(entry),
        disk_key=disk_key,
    )


def _local_ssd_partitions(entry: PoolSettings) -> int:
    """The setting or, without one, all local SSDs that are part of the machine type."""
    if entry.local_ssd is None:
        return 0
    return entry.local_ssd.partitions or gpu_machines()[entry.machine_type].local_ssd


def _capacity(entry: PoolSettings) -> CapacityArgs:
    reservation = entry.reservation
    name = None if reservation is None else reservation.name
    if reservation is not None and reservation.project is not None:
        name = f"projects/{reservation.project}/reservations/{reservation.name}"
    return CapacityArgs(
        mode=entry.capacity.value,
        max_nodes=entry.max_nodes,
        compact_placement=entry.compact_placement,
        reservation=name,
        max_run_seconds=None if entry.max_run_hours is None else entry.max_run_hours * 3600,
    )


def compute_classes(
    settings: Settings, *, kubernetes: dict[str, k8s.Provider], pools: dict[tuple[str, str], GpuPool]
) -> None:
    """Compute classes, each after the pools in its priorities."""
    for key, entry in settings.compute_classes.items():
        for cluster in entry.clusters:
            ComputeClass(
                f"class-{cluster}.{key}",
                ComputeClassArgs(
                    class_name=key,
                    priorities=entry.priorities,
                    when_unsatisfiable=UNSATISFIABLE[entry.when_unsatisfiable],
                    active_migration=entry.active_migration,
                    auto_creation=_created_pools(settings, entry),
                ),
                pulumi.ResourceOptions(
                    provider=kubernetes[cluster], depends_on=[pools[cluster, pool] for pool in entry.priorities]
                ),
            )


def _created_pools(settings: Settings, entry: ClassSettings) -> CreatedPoolArgs | None:
    """The last priority as the template of pools that the cluster creates."""
    if not entry.create_pools:
        return None
    last = settings.gpu_pools[entry.priorities[-1]]
    return CreatedPoolArgs(
        machine_type=last.machine_type,
        accelerator=last.accelerator.value,
        accelerators=last.accelerators_per_node,
        spot=last.capacity is Capacity.SPOT,
        disk_gb=last.disk_gb,
        local_ssd_partitions=_local_ssd_partitions(last),
        zones=last.zones,
    )
