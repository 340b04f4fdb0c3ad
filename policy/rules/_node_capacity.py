"""Memory and disk of a node that pods can use, in MiB: GKE reserves a part of both.

The settings have the same arithmetic (``stacks/settings/derived/node_capacity.py``), since the pack may not depend on
what it checks; a test compares the two.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from groundwork.cost import Book
from groundwork.cost.machines import LOCAL_SSD_GIB
from groundwork.graph import Node, Placeholder, at

GIB: Final = 1024

# GiB by partitions of local SSD: https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#local_ephemeral_storage_reservation
SSD_RESERVED_GIB: Final = {1: 50, 2: 75}
SSD_RESERVED_MAX_GIB: Final = 100  # from three partitions
DISK_EVICTION_SHARE: Final = 0.10

# Steps in GiB with the reserved share of each, and the MiB that are reserved for evictions:
# https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#memory_and_cpu_reservations
MEMORY_STEPS: Final = ((4, 0.25), (4, 0.20), (8, 0.10), (112, 0.06), (math.inf, 0.02))
MEMORY_EVICTION_MIB: Final = 100


def disk_mib(pool: Node) -> int | None:
    """The disk for pods on a node; None where it is unknown."""
    config = pool.inputs.get("nodeConfig")
    if not isinstance(config, Mapping):
        return None
    partitions = at(config, "ephemeralStorageLocalSsdConfig.localSsdCount")
    size = partitions * LOCAL_SSD_GIB if isinstance(partitions, int | float) else config.get("diskSizeGb")
    if isinstance(partitions, Placeholder) or not isinstance(size, int | float):
        return None
    reserved = (
        SSD_RESERVED_GIB.get(int(partitions), SSD_RESERVED_MAX_GIB)
        if partitions
        else min(0.5 * size, 6 + 0.35 * size, 100)
    )
    return math.floor((size * (1 - DISK_EVICTION_SHARE) - reserved) * GIB)


def machine_type(pool: Node) -> str | None:
    """The machine type of a pool; None where it is unknown."""
    name = at(pool.inputs, "nodeConfig.machineType")
    return name if isinstance(name, str) and name else None


def memory_mib(machine: str, book: Book) -> int | None:
    """The memory for pods on a machine; None where the price book does not have its type."""
    sizes = book.sizes(machine)
    return None if sizes is None else allocatable_mib(float(sizes.gib))


def allocatable_mib(gib: float) -> int:
    """The memory for pods on a node with this much memory."""
    reserved, left = 0.0, gib
    for step, share in MEMORY_STEPS:
        reserved += min(left, step) * share
        left -= min(left, step)
    return math.floor((gib - reserved) * GIB - MEMORY_EVICTION_MIB)
