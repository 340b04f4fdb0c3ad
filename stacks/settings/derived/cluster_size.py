"""How large a cluster can get."""

from __future__ import annotations

from collections.abc import Iterable

from stacks.settings.facts.gpu_machines import size_of
from stacks.settings.model.clusters import Cluster, SystemPool
from stacks.settings.model.gpu_pools import GpuPool


def most(name: str, cluster: Cluster, gpu_pools: Iterable[GpuPool]) -> tuple[int, int] | None:
    """Cores and GiB of a cluster with all of its nodes; None where one of its machines is not known."""
    if cluster.autoprovisioning is not None:  # its limits hold for declared pools too
        return cluster.autoprovisioning.cpu, cluster.autoprovisioning.memory_gib
    pools: list[GpuPool | SystemPool] = [cluster.system_pool, *(pool for pool in gpu_pools if name in pool.clusters)]
    sizes = [(pool.max_nodes, size_of(pool.machine_type)) for pool in pools]
    found = [(nodes * size[0], nodes * size[1]) for nodes, size in sizes if size is not None]
    if len(found) < len(sizes):
        return None
    return sum(cores for cores, _ in found), sum(memory for _, memory in found)
