"""Caches that do not fit: what the mounts of a pod need, compared with the capacity of the nodes of its pool."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping

from stacks.settings.checks.context import CloudContext, known_values
from stacks.settings.core.problems import Problem
from stacks.settings.core.unknown import until_unknown
from stacks.settings.derived.node_capacity import CacheCapacity, machine_capacity, pool_capacity
from stacks.settings.derived.pod_resources import PodNeeds, pod_mounts, pod_needs
from stacks.settings.facts.gpu_machines import gpu_machines
from stacks.settings.model.clusters import SystemPool
from stacks.settings.model.gpu_pools import GpuPool
from stacks.settings.model.mounts import SYSTEM, CacheMedium, Mount


def check(context: CloudContext) -> Iterator[Problem]:
    """One problem for each team and pool whose mounts, all in one pod, do not fit a node."""
    mounts = context.settings.mounts
    users = dict(known_values(mounts, lambda mount: (mount.team, mount.pool)))
    placed = {name: mounts[name] for name in users}
    for team, pool in sorted({(team, pool) for team, pool in users.values() if pool is not None}):
        yield from until_unknown(_too_large(context, placed, team, pool))


def _too_large(context: CloudContext, placed: Mapping[str, Mount], team: str, pool: str) -> Iterator[Problem]:
    """The problem, if any, that a pod with all of a team's mounts for a pool does not fit its nodes."""
    mounts = pod_mounts(placed, team, pool)
    needs = pod_needs(mounts)
    nodes = _nodes(context, team, pool)
    capacities = [capacity for node in nodes if (capacity := pool_capacity(node)) is not None]
    last = max(mounts, key=lambda key: (mounts[key].file_cache_mib is not None, mounts[key].pool is not None, key))
    if len(capacities) < len(nodes):
        machines = ", ".join(sorted({node.machine_type for node in nodes}))
        yield context.problem(
            ("mounts", last, "pool"), f"the memory of {machines} is unknown", "a pool of another machine type"
        )
        return
    lacking = next(
        (medium for medium in _needed(needs) if not all(_fits(needs, capacity, medium) for capacity in capacities)),
        None,
    )
    if lacking is None:
        return
    available = min(capacity.on(lacking) for capacity in capacities)
    shares = ", ".join(f"{key} {mount.file_cache_mib or 0}" for key, mount in mounts.items())
    yield context.problem(
        ("mounts", last, "file_cache_mib" if mounts[last].file_cache_mib is not None else "stat_cache_mib"),
        f"a pod of team {team!r} with all of its mounts ({shares} MiB) needs {_needed(needs)[lacking]} MiB of "
        f"{lacking}; a node of pool {pool!r} has {available} MiB for mounts",
        _alternative(context, team, needs, lacking),
    )


def _needed(needs: PodNeeds) -> Mapping[CacheMedium, int]:
    """What a pod needs of memory, and of the disk of its caches; every disk is large enough for staging alone."""
    amounts = {CacheMedium.MEMORY: needs.memory}
    if needs.cache and needs.medium is not CacheMedium.MEMORY:
        amounts[needs.medium] = needs.disk
    return amounts


def _fits(needs: PodNeeds, capacity: CacheCapacity, medium: CacheMedium) -> bool:
    return _needed(needs)[medium] <= capacity.on(medium)


def _nodes(context: CloudContext, team: str, pool: str) -> list[GpuPool | SystemPool]:
    """The pools with a name in the clusters of a team.

    A GPU machine that is not in the table is reported by another check.
    """
    clusters = list(context.settings.teams[team].clusters)
    if pool == SYSTEM:
        return [context.settings.clusters[cluster].system_pool for cluster in clusters]
    gpu_pool = context.settings.gpu_pools[pool]
    return [] if pool_capacity(gpu_pool) is None or not set(clusters) & set(gpu_pool.clusters) else [gpu_pool]


def _alternative(context: CloudContext, team: str, needs: PodNeeds, lacking: CacheMedium) -> str:
    """The smallest pool that fits; where none does, the smallest machine that would."""
    clusters = set(context.settings.teams[team].clusters)
    pools = known_values(
        context.settings.gpu_pools, lambda pool: pool_capacity(pool) if clusters & set(pool.clusters) else None
    )
    capacities = {name: capacity for name, capacity in pools if capacity is not None}
    if (smallest := _smallest(capacities, needs, lacking)) is not None:
        return f"the smallest pool that fits is {smallest}, with {capacities[smallest].on(lacking)} MiB"
    if lacking is CacheMedium.BOOT_DISK:
        return f"no pool fits; disk_gb: {_disk_gb(needs.disk)} would"
    machines = {
        name: machine_capacity(machine.memory_gb, machine.local_ssd, 0) for name, machine in gpu_machines().items()
    }
    if (smallest := _smallest(machines, needs, lacking)) is not None:
        local_ssd = " and local_ssd: {use: scratch}" if lacking is CacheMedium.LOCAL_SSD else ""
        return (
            f"no pool fits; the smallest machine that does is {smallest}{local_ssd}, "
            f"with {machines[smallest].on(lacking)} MiB"
        )
    return "no machine fits; make the caches smaller"


def _smallest(capacities: Mapping[str, CacheCapacity], needs: PodNeeds, lacking: CacheMedium) -> str | None:
    """The name with the smallest capacity that is enough for all that a pod needs; of equals the first by name."""
    ignored = {CacheMedium.BOOT_DISK} if lacking is not CacheMedium.BOOT_DISK else set()  # a machine has none yet
    fitting = [
        name
        for name, capacity in capacities.items()
        if all(_fits(needs, capacity, medium) for medium in _needed(needs) if medium not in ignored)
    ]
    return min(fitting, key=lambda name: (capacities[name].on(lacking), name), default=None)


def _disk_gb(needed_mib: int) -> int:
    """The smallest boot disk, in GB, on which a pod may use this many MiB."""
    # A GB of disk provides more than one MiB, however much of it is reserved.
    return bisect_left(range(needed_mib), needed_mib, key=lambda size: machine_capacity(0, 0, size).boot_disk)
