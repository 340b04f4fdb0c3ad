"""What the mounts of a pod take of its node, and so what the pod has to ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from stacks.settings.model.mounts import CacheMedium, Mount

# The driver's container by itself, the disk that it stages on, and the container that reads names ahead of a pod's
# start: the defaults of cmd/webhook/main.go in github.com/GoogleCloudPlatform/gcs-fuse-csi-driver, v1.24.0, 2026-08.
DRIVER_MIB: Final = 256
DRIVER_CPU_MILLIS: Final = 250
PREFETCH_MIB: Final = 10
PREFETCH_CPU_MILLIS: Final = 10
STAGING_MIB: Final = 5 * 1024
# Blocks of 32 MiB that writes are collected in. On large machines the driver takes 1,600 of them by itself.
WRITE_BLOCKS: Final = 8
WRITING_MIB: Final = WRITE_BLOCKS * 32


@dataclass(frozen=True)
class PodNeeds:
    """MiB that the driver's container of a pod needs, and the size and the medium of the volume of its file caches."""

    memory: int
    disk: int
    cache: int
    medium: CacheMedium


def pod_needs(mounts: Mapping[str, Mount]) -> PodNeeds:
    """What a pod needs that has all of these mounts; they share one volume, and so one medium."""
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
class Beside:
    """What the containers ask for that the driver puts into a pod: thousandths of a core, and MiB by container."""

    cpu_millis: int
    driver_mib: int
    prefetch_mib: int

    @property
    def memory_mib(self) -> int:
        """All of them together."""
        return self.driver_mib + self.prefetch_mib


def beside(mounts: Mapping[str, Mount], team: str) -> Beside | None:
    """The most that the driver adds to a pod of a team, with all mounts of a pool; None where the team has no mount.

    The webhook adds them as a pod is made. A quota counts them; a queue that was asked for a job, before it had pods,
    does not.
    """
    pools = {mount.pool for mount in mounts.values() if mount.team == team}
    if not pools:
        return None
    memory = max(pod_needs(together(mounts, team, pool)).memory for pool in pools)
    return Beside(DRIVER_CPU_MILLIS + PREFETCH_CPU_MILLIS, memory, PREFETCH_MIB)


def together(mounts: Mapping[str, Mount], team: str, pool: str | None) -> dict[str, Mount]:
    """The mounts that a pod of a team on a pool may have at once: those for the pool and those for any, by key."""
    return {
        key: mount
        for key, mount in sorted(mounts.items())
        if mount.team == team and (mount.pool is None or mount.pool == pool)
    }
