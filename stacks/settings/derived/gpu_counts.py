"""How many GPUs pods can ask for: GKE counts each partition and each client of a shared GPU as a GPU."""

from __future__ import annotations

from collections.abc import Iterable

from stacks.settings.facts.gpus import partitions
from stacks.settings.model.gpu_pools import GpuPool


def per_node(pool: GpuPool) -> int:
    """What a node of the pool advertises as nvidia.com/gpu."""
    parts = 1 if pool.partition is None else partitions(pool.accelerator).get(pool.partition, 1)
    clients = 1 if pool.sharing is None else pool.sharing.clients
    return pool.accelerators_per_node * parts * clients


def in_each_cluster(pools: Iterable[GpuPool]) -> int:
    """What the pools advertise in each cluster that has them, once they have all of their nodes."""
    return sum(pool.max_nodes * per_node(pool) for pool in pools)
