"""GPU capacity: pools, the classes that fall from one to the next, and what the queue makes of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components._common import COMPUTE_CLASS, GPU, POOL_LABEL
from components.cluster import Cluster
from components.compute_class import ComputeClass, ComputeClassArgs, CreatedPoolArgs, WhenUnsatisfiable
from components.gpu_pool import CapacityArgs, GpuMachineArgs, GpuPool, GpuPoolArgs
from components.network import node_tag
from components.node_account import NodeAccount
from components.queue_flavors import GpuFlavorArgs
from stacks import labels
from stacks.layers.encryption import Keys, Purpose
from stacks.settings import Local, Settings
from stacks.settings.derived.gpu_counts import in_each_cluster
from stacks.settings.facts.gpu_machines import gpu_machines
from stacks.settings.model.gpu_pools import CHEAPEST_FIRST, Capacity, Unsatisfiable
from stacks.settings.model.gpu_pools import ComputeClass as ClassSettings
from stacks.settings.model.gpu_pools import GpuPool as PoolSettings

QUEUED_TAINT: Final = "cloud.google.com/gke-queued"  # GKE sets it on machines that wait for a provisioning request
TOPOLOGY: Final = "gke"  # how close together machines are, as GKE says it, in every cluster
LADDER: Final = "ladder"
GIVEN: Final = "given"  # what a cluster has, and neither starts nor stops
UNSATISFIABLE: Final[Mapping[Unsatisfiable, WhenUnsatisfiable]] = {
    Unsatisfiable.WAIT: "DoNotScaleUp",
    Unsatisfiable.ANY_PRIORITY: "ScaleUpAnyway",
}


def gpu_pools(
    settings: Settings, google: gcp.Provider, clusters: dict[str, Cluster], accounts: dict[str, NodeAccount], keys: Keys
) -> dict[tuple[str, str], GpuPool]:
    """GPU pools by cluster and key, each after the system pool of its cluster."""
    pools = {}
    for key, entry in settings.gpu_pools.items():
        for cluster in entry.clusters:
            # A pool was called by its key alone while it had one cluster: what exists is that of the first.
            aliases = [pulumi.Alias(name=f"gpu-{key}")] if cluster == entry.clusters[0] else None
            pools[cluster, key] = GpuPool(
                f"gpu-{cluster}.{key}",  # keys have no dots, so no two pairs make one name
                GpuPoolArgs(
                    pool_name=key,
                    project=settings.projects.service,
                    region=settings.clusters[cluster].region,
                    cluster=clusters[cluster].cluster.name,
                    node_account=accounts[cluster].email,
                    node_tag=node_tag(cluster),
                    zones=entry.zones,
                    machine=_machine(entry, keys.of(Purpose.DISKS, settings.clusters[cluster].region)),
                    capacity=_capacity(entry),
                    compute_class=_class_of(settings, key),
                    labels=labels.shared(settings),
                ),
                pulumi.ResourceOptions(provider=google, depends_on=[clusters[cluster].system_pool], aliases=aliases),
            )
    return pools


def _machine(entry: PoolSettings, disk_key: pulumi.Output[str] | None = None) -> GpuMachineArgs:
    sharing, local_ssd = entry.sharing, entry.local_ssd
    # A machine that brings local SSDs has all of them, whatever it is asked for.
    own = gpu_machines()[entry.machine_type].local_ssd
    return GpuMachineArgs(
        machine_type=entry.machine_type,
        accelerator=entry.accelerator.value,
        accelerators=entry.accelerators_per_node,
        disk_gb=entry.disk_gb,
        partition=entry.partition,
        sharing=None if sharing is None else sharing.strategy.value,
        clients=1 if sharing is None else sharing.clients,
        local_ssd=None if local_ssd is None else local_ssd.use.value,
        local_ssd_partitions=0 if local_ssd is None else local_ssd.partitions or own,
        disk_key=disk_key,
    )


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


def _class_of(settings: Settings, pool: str) -> str | None:
    return next((key for key, ladder in settings.compute_classes.items() if pool in ladder.priorities), None)


def compute_classes(
    settings: Settings, kubernetes: dict[str, k8s.Provider], pools: dict[tuple[str, str], GpuPool]
) -> None:
    """Compute classes, each after its priorities."""
    for key, entry in settings.compute_classes.items():
        for cluster in entry.clusters:
            ComputeClass(
                f"class-{cluster}.{key}",
                ComputeClassArgs(
                    class_name=key,
                    priorities=entry.priorities,
                    when_unsatisfiable=UNSATISFIABLE[entry.when_unsatisfiable],
                    active_migration=entry.active_migration,
                    auto_creation=_like(settings, entry),
                ),
                pulumi.ResourceOptions(
                    provider=kubernetes[cluster], depends_on=[pools[cluster, rung] for rung in entry.priorities]
                ),
            )


def _like(settings: Settings, entry: ClassSettings) -> CreatedPoolArgs | None:
    """The last rung as a model for pools that the cluster makes."""
    last = settings.gpu_pools[entry.priorities[-1]]
    if not entry.create_pools:
        return None
    return CreatedPoolArgs(
        machine_type=last.machine_type,
        accelerator=last.accelerator.value,
        accelerators=last.accelerators_per_node,
        spot=last.capacity is Capacity.SPOT,
        disk_gb=last.disk_gb,
        local_ssd_partitions=_machine(last).local_ssd_partitions,
        zones=last.zones,
    )


def flavors(settings: Settings | Local, cluster: str) -> dict[str, GpuFlavorArgs]:
    """What the queue gives in a cluster, cheap capacity first: each class as a whole, and each pool that is no rung.

    Settings are maps and have no order: the engine hands them over sorted, whatever the file says.
    """
    if isinstance(settings, Local):
        return {
            key: GpuFlavorArgs(GIVEN, pool.node_labels, [])
            for key, pool in sorted(settings.gpu_pools.items())
            if cluster in pool.clusters
        }
    found: dict[str, tuple[int, GpuFlavorArgs]] = {}
    for key, entry in settings.gpu_pools.items():
        if cluster in entry.clusters and not entry.unqueued and _class_of(settings, key) is None:
            flavor = GpuFlavorArgs(
                entry.capacity.value,
                {POOL_LABEL: key},
                [GPU],
                # Nobody waits for days for such machines without having said so.
                node_taints={QUEUED_TAINT: "true"} if entry.capacity is Capacity.QUEUED else {},
                topology=TOPOLOGY if entry.topology else None,
            )
            found[key] = CHEAPEST_FIRST.index(entry.capacity), flavor
    for key, ladder in settings.compute_classes.items():
        if cluster in ladder.clusters and not ladder.unqueued:
            flavor = GpuFlavorArgs(LADDER, {COMPUTE_CLASS: key}, [GPU, COMPUTE_CLASS])
            found[key] = CHEAPEST_FIRST.index(settings.gpu_pools[ladder.priorities[0]].capacity), flavor
    return {key: flavor for key, (_, flavor) in sorted(found.items(), key=lambda item: (item[1][0], item[0]))}


def size(settings: Settings | Local, flavor: str) -> int:
    """The GPUs of a pool or a class in each of its clusters, as pods count them, once it has all of its machines."""
    if isinstance(settings, Local):
        return settings.gpu_pools[flavor].gpus
    ladder = settings.compute_classes.get(flavor)
    pools = [flavor] if ladder is None else ladder.priorities
    return in_each_cluster(settings.gpu_pools[pool] for pool in pools)
