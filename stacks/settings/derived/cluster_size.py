"""The largest size of a cluster."""

from __future__ import annotations

from collections.abc import Iterable

from stacks.settings.facts.gpu_machines import size_of
from stacks.settings.model.cloud import Settings
from stacks.settings.model.clusters import Cluster, SystemPool
from stacks.settings.model.gpu_pools import GpuPool
from stacks.settings.model.local import Local


def of_stack(settings: Settings | Local, cluster: str) -> tuple[int, int] | None:
    """Cores and GiB of a cluster of the stack at its maximum size; None where a machine is unknown."""
    if isinstance(settings, Local):
        return None
    return max_size(cluster, settings.clusters[cluster], settings.gpu_pools.values())


def max_size(name: str, cluster: Cluster, gpu_pools: Iterable[GpuPool]) -> tuple[int, int] | None:
    """Cores and GiB of a cluster with all of its nodes; None where one of its machine types is unknown."""
    if cluster.autoprovisioning is not None:  # its limits include declared pools
        return cluster.autoprovisioning.cpu, cluster.autoprovisioning.memory_gib
    pools: list[GpuPool | SystemPool] = [cluster.system_pool, *(pool for pool in gpu_pools if name in pool.clusters)]
    machines = [(pool.max_nodes, size_of(pool.machine_type)) for pool in pools]
    sizes = [(nodes * size[0], nodes * size[1]) for nodes, size in machines if size is not None]
    if len(sizes) < len(machines):
        return None
    return sum(cores for cores, _ in sizes), sum(memory for _, memory in sizes)
