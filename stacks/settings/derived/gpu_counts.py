"""Numbers of GPUs that pods can request: GKE counts each partition and each client of a shared GPU as a GPU."""

from __future__ import annotations

from collections.abc import Iterable

from stacks.settings.facts.gpus import partitions
from stacks.settings.model.gpu_pools import GpuPool
from stacks.settings.model.queue_flavors import QueueFlavor
from stacks.settings.model.tenancy import Tenancy


def per_node(pool: GpuPool) -> int:
    """The `nvidia.com/gpu` that a node of the pool advertises."""
    parts = 1 if pool.partition is None else partitions(pool.accelerator).get(pool.partition, 1)
    clients = 1 if pool.sharing is None else pool.sharing.clients
    return pool.accelerators_per_node * parts * clients


def per_pod(pool: GpuPool) -> int:
    """The most `nvidia.com/gpu` that one pod can get: GKE refuses more than one of a shared GPU.

    https://cloud.google.com/kubernetes-engine/docs/concepts/timesharing-gpus
    """
    return 1 if pool.sharing is not None else per_node(pool)


def in_each_cluster(pools: Iterable[GpuPool]) -> int:
    """The `nvidia.com/gpu` of the pools in each of their clusters, with all of their nodes."""
    return sum(pool.max_nodes * per_node(pool) for pool in pools)


def of_flavor(flavor: QueueFlavor) -> int:
    """The GPUs of a flavor in each of its clusters, with all of its machines."""
    return in_each_cluster(flavor.pools) if flavor.gpus is None else flavor.gpus


def unassigned(settings: Tenancy, cluster: str) -> dict[str, int]:
    """GPUs of a cluster by flavor that are in no team's nominal quota: every team with the flavor can borrow them."""
    teams = [settings.teams[team] for team in settings.teams_in(cluster)]
    return {
        key: of_flavor(flavor) - sum(team.quota.gpus.get(key, 0) for team in teams)
        for key, flavor in settings.queue_flavors(cluster).items()
    }
