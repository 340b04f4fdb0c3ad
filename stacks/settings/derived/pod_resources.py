"""Resources that the mounts of a pod use on its node, and that the pod therefore has to request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from stacks.settings.model.mounts import CacheMedium, Mount

# The driver's container without mounts, the disk that it stages writes on, and the container that prefetches metadata
# before a pod starts: the defaults of cmd/webhook/main.go in github.com/GoogleCloudPlatform/gcs-fuse-csi-driver,
# v1.24.0, 2026-08.
DRIVER_MIB: Final = 256
DRIVER_CPU_MILLIS: Final = 250
PREFETCH_MIB: Final = 10
PREFETCH_CPU_MILLIS: Final = 10
STAGING_MIB: Final = 5 * 1024
# Blocks of 32 MiB that buffer writes. On large machines the driver's default is 1,600 of them.
WRITE_BLOCKS: Final = 8
WRITING_MIB: Final = WRITE_BLOCKS * 32


@dataclass(frozen=True)
class PodNeeds:
    """MiB that the driver's container of a pod needs, and the size and medium of the volume for its file caches."""

    memory: int
    disk: int
    cache: int
    medium: CacheMedium


def pod_needs(mounts: Mapping[str, Mount]) -> PodNeeds:
    """Resources of a pod with all of these mounts; their caches share one volume, and so one medium."""
    cached = [mount for mount in mounts.values() if mount.file_cache_mib is not None]
    medium = cached[0].cache_medium if cached else CacheMedium.BOOT_DISK
    cache = sum(mount.file_cache_mib or 0 for mount in cached)
    memory = DRIVER_MIB + sum(
        mount.stat_cache_mib + (0 if mount.read_only else WRITING_MIB) for mount in mounts.values()
    )
    in_memory = medium is CacheMedium.MEMORY
    return PodNeeds(
        # A volume in memory is counted as memory of the container that writes to it.
        memory=memory + (cache if in_memory else 0),
        disk=STAGING_MIB + (0 if in_memory else cache),
        cache=cache,
        medium=medium,
    )


@dataclass(frozen=True)
class DriverOverhead:
    """Requests of the containers that the driver's webhook adds to a pod: millicores, and MiB by container."""

    cpu_millis: int
    driver_mib: int
    prefetch_mib: int

    @property
    def memory_mib(self) -> int:
        """Memory of all containers together."""
        return self.driver_mib + self.prefetch_mib


def driver_overhead(mounts: Mapping[str, Mount], team: str) -> DriverOverhead:
    """The largest overhead of a pod of a team, with all mounts of one pool; zero for a team without mounts.

    The webhook adds the containers when a pod is created. A ResourceQuota counts them; a queue that admits a job before
    its pods exist does not.
    """
    pools = {mount.pool for mount in mounts.values() if mount.team == team}
    if not pools:
        return DriverOverhead(0, 0, 0)
    memory = max(pod_needs(pod_mounts(mounts, team, pool)).memory for pool in pools)
    return DriverOverhead(DRIVER_CPU_MILLIS + PREFETCH_CPU_MILLIS, memory, PREFETCH_MIB)


def pod_mounts(mounts: Mapping[str, Mount], team: str, pool: str | None) -> dict[str, Mount]:
    """The mounts that one pod of a team on a pool can have together: those for the pool and those for any, by key."""
    return {
        key: mount
        for key, mount in sorted(mounts.items())
        if mount.team == team and (mount.pool is None or mount.pool == pool)
    }
