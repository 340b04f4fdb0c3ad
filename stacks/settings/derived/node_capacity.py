"""Capacity of a node for the caches of one pod: memory, local SSD and boot disk.

Everything is in MiB. `machine_capacity` is the arithmetic; `pool_capacity` takes its numbers from a pool's settings.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from stacks.settings.facts.gpu_machines import gpu_machines, size_of
from stacks.settings.model.clusters import SystemPool
from stacks.settings.model.gpu_pools import GpuPool, LocalSsdUse
from stacks.settings.model.mounts import CacheMedium

GIB: Final = 1024
# A partition of local SSD is 375 GiB: https://cloud.google.com/compute/docs/disks/local-ssd
PARTITION_GIB: Final = 375

# Memory that GKE reserves for the system, in steps of GiB with their share, and the eviction threshold in MiB:
# https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#memory_and_cpu_reservations
MEMORY_STEPS: Final = ((4, 0.25), (4, 0.20), (8, 0.10), (112, 0.06), (math.inf, 0.02))
EVICTION_MIB: Final = 100

# Ephemeral storage that GKE reserves for the system by number of partitions, in GiB, and the eviction threshold as a
# share:
# https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#local_ephemeral_storage_reservation
SSD_RESERVED_GIB: Final = {0: 0, 1: 50, 2: 75}
MAX_SSD_RESERVED_GIB: Final = 100
DISK_EVICTION: Final = 0.10

# The share of the allocatable resources that the driver may use; the rest is for the containers of the workload. The
# driver's own profiles use the same shares (fuse...AllocatableFactor in deploy/base/setup/storageclass.yaml of
# github.com/GoogleCloudPlatform/gcs-fuse-csi-driver, 2026-08).
MEMORY_SHARE: Final = 0.7
DISK_SHARE: Final = 0.85


@dataclass(frozen=True)
class CacheCapacity:
    """MiB that the mounts of one pod may use on a node, by medium; the driver itself always uses memory."""

    memory: int
    local_ssd: int
    boot_disk: int

    def on(self, medium: CacheMedium) -> int:
        """The capacity of one medium."""
        capacities: Mapping[CacheMedium, int] = {
            CacheMedium.MEMORY: self.memory,
            CacheMedium.LOCAL_SSD: self.local_ssd,
            CacheMedium.BOOT_DISK: self.boot_disk,
        }
        return capacities[medium]


def machine_capacity(memory_gib: float, partitions: int, disk_gb: int) -> CacheCapacity:
    """The capacity of a machine with this memory, local SSD for ephemeral storage, and a boot disk of this size."""
    return CacheCapacity(
        memory=math.floor(_allocatable_memory(memory_gib) * MEMORY_SHARE),
        local_ssd=math.floor(_allocatable_ssd(partitions) * DISK_SHARE),
        boot_disk=math.floor(_allocatable_disk(disk_gb) * DISK_SHARE),
    )


def pool_capacity(pool: GpuPool | SystemPool) -> CacheCapacity | None:
    """The capacity of a node of a pool; None for an unknown machine type."""
    if isinstance(pool, SystemPool):
        size = size_of(pool.machine_type)
        return None if size is None else machine_capacity(size[1], 0, pool.disk_gb)
    machine = gpu_machines().get(pool.machine_type)
    if machine is None:
        return None
    if pool.local_ssd is None or pool.local_ssd.use is not LocalSsdUse.SCRATCH:
        return machine_capacity(machine.memory_gb, 0, pool.disk_gb)
    capacity = machine_capacity(machine.memory_gb, pool.local_ssd.partitions or machine.local_ssd, pool.disk_gb)
    # Ephemeral storage of pods is on one disk: with local SSD it is not on the boot disk.
    return replace(capacity, boot_disk=capacity.local_ssd)


def _allocatable_memory(memory_gib: float) -> float:
    reserved, left = 0.0, memory_gib
    for step, share in MEMORY_STEPS:
        part = min(left, step)
        reserved += part * share
        left -= part
    return (memory_gib - reserved) * GIB - EVICTION_MIB


def _allocatable_ssd(partitions: int) -> float:
    size = partitions * PARTITION_GIB
    reserved = SSD_RESERVED_GIB.get(partitions, MAX_SSD_RESERVED_GIB)
    return max(0.0, size * (1 - DISK_EVICTION) - reserved) * GIB


def _allocatable_disk(disk_gb: int) -> float:
    reserved = min(disk_gb * 0.5, 6 + disk_gb * 0.35, 100)
    return max(0.0, disk_gb * (1 - DISK_EVICTION) - reserved) * GIB
