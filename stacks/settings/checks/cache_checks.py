"""Caches that do not fit: what a pod's mounts take, against what the nodes of its pool have."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Problem
from stacks.settings.derived.node_capacity import CacheCapacity, machine_capacity, pool_capacity
from stacks.settings.derived.pod_resources import PodNeeds, pod_mounts, pod_needs
from stacks.settings.facts.gpu_machines import gpu_machines
from stacks.settings.model.clusters import SystemPool
from stacks.settings.model.gpu_pools import GpuPool
from stacks.settings.model.mounts import SYSTEM, CacheMedium


def check(draft: Draft) -> Iterator[Problem]:
    """One problem for each team and pool whose mounts, all in one pod, do not fit a node."""
    for team, pool in sorted({(mount.team, mount.pool) for mount in draft.mounts.values() if mount.pool is not None}):
        yield from _fit(draft, team, pool)


def _fit(draft: Draft, team: str, pool: str) -> Iterator[Problem]:
    """The problem, if any, that a pod with all of a team's mounts for a pool does not fit its nodes."""
    mounts = pod_mounts(draft.mounts, team, pool)
    needs = pod_needs(mounts)
    nodes = _nodes(draft, team, pool)
    rooms = [room for each in nodes if (room := pool_capacity(each)) is not None]
    last = max(mounts, key=lambda key: (mounts[key].file_cache_mib is not None, mounts[key].pool is not None, key))
    if len(rooms) < len(nodes):
        machines = ", ".join(sorted({each.machine_type for each in nodes}))
        yield draft.problem(("mounts", last, "pool"), f"nobody knows the memory of {machines}", "another pool")
        return
    lacking = next((medium for medium in _takes(needs) if not all(_fits(needs, room, medium) for room in rooms)), None)
    if lacking is None:
        return
    most = min(room.on(lacking) for room in rooms)
    shares = ", ".join(f"{key} {mount.file_cache_mib or 0}" for key, mount in mounts.items())
    yield draft.problem(
        ("mounts", last, "file_cache_mib" if mounts[last].file_cache_mib is not None else "stat_cache_mib"),
        f"a pod of team {team!r} with all of its mounts ({shares} MiB) takes {_takes(needs)[lacking]} MiB of "
        f"{lacking}; a node of pool {pool!r} has {most} MiB for that",
        _instead(draft, team, needs, lacking),
    )


def _takes(needs: PodNeeds) -> Mapping[CacheMedium, int]:
    """What a pod takes of memory, and of the disk that its caches lie on; disks for staging alone are large enough."""
    takes = {CacheMedium.MEMORY: needs.memory}
    if needs.cache and needs.medium is not CacheMedium.MEMORY:
        takes[needs.medium] = needs.disk
    return takes


def _fits(needs: PodNeeds, room: CacheCapacity, medium: CacheMedium) -> bool:
    return _takes(needs)[medium] <= room.on(medium)


def _nodes(draft: Draft, team: str, pool: str) -> list[GpuPool | SystemPool]:
    """The pools that a name stands for, as far as they are valid and the team works beside them.

    A GPU machine that is not in the table is told elsewhere.
    """
    clusters = draft.teams[team].clusters if team in draft.teams else []
    if pool == SYSTEM:
        return [draft.clusters[cluster].system_pool for cluster in clusters if cluster in draft.clusters]
    found = draft.gpu_pools.get(pool)
    if found is None or pool_capacity(found) is None or not set(clusters) & set(found.clusters):
        return []
    return [found]


def _instead(draft: Draft, team: str, needs: PodNeeds, lacking: CacheMedium) -> str:
    """The smallest pool that fits; where none does, the smallest machine that would."""
    clusters = set(draft.teams[team].clusters) if team in draft.teams else set()
    names = [name for name, pool in draft.gpu_pools.items() if clusters & set(pool.clusters)]
    rooms = {name: room for name in names if (room := pool_capacity(draft.gpu_pools[name])) is not None}
    if (best := _smallest(rooms, needs, lacking)) is not None:
        return f"the smallest pool that fits is {best}, with {rooms[best].on(lacking)} MiB"
    if lacking is CacheMedium.BOOT_DISK:
        return f"no pool fits; {_disk(needs.disk)} GB of disk_gb do"
    machines = {
        name: machine_capacity(machine.memory_gb, machine.local_ssd, 0) for name, machine in gpu_machines().items()
    }
    if (best := _smallest(machines, needs, lacking)) is not None:
        used = " and local_ssd: {use: scratch}" if lacking is CacheMedium.LOCAL_SSD else ""
        return f"no pool fits; the smallest machine that does is {best}{used}, with {machines[best].on(lacking)} MiB"
    return "no machine fits; make the caches smaller"


def _smallest(rooms: Mapping[str, CacheCapacity], needs: PodNeeds, lacking: CacheMedium) -> str | None:
    """The name with the least room that is enough for all that a pod takes; of equals the first by name."""
    disks = {CacheMedium.BOOT_DISK} if lacking is not CacheMedium.BOOT_DISK else set()  # a machine has none yet
    fitting = [
        name
        for name, room in rooms.items()
        if all(_fits(needs, room, medium) for medium in _takes(needs) if medium not in disks)
    ]
    return min(fitting, key=lambda name: (rooms[name].on(lacking), name), default=None)


def _disk(needed: int) -> int:
    """The smallest boot disk, in GB, on which a pod may take this many MiB."""
    low, high = 1, math.ceil(needed / 256)
    while machine_capacity(0, 0, high).boot_disk < needed:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if machine_capacity(0, 0, middle).boot_disk >= needed else (middle + 1, high)
    return low
