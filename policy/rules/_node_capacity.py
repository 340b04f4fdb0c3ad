"""What a node of a pool has for pods, in MiB: GKE keeps a part of its memory and of its disk for itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from groundwork.cost import Book
from groundwork.cost.machines import LOCAL_SSD_GIB
from groundwork.graph import Node, Placeholder, at

GIB: Final = 1024

# https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#local_ephemeral_storage_reservation
SSD_RESERVED_GIB: Final = {1: 50, 2: 75}
SSD_RESERVED_MOST_GIB: Final = 100
EVICTION: Final = 0.10

# By steps in GiB, and what is kept back for evictions in MiB:
# https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#memory_and_cpu_reservations
MEMORY_STEPS: Final = ((4, 0.25), (4, 0.20), (8, 0.10), (112, 0.06), (math.inf, 0.02))
MEMORY_EVICTION: Final = 100


def disk(pool: Node) -> int | None:
    """The room for pods on a node's disk; None where it is not known before the update."""
    config = pool.inputs.get("nodeConfig")
    if not isinstance(config, Mapping):
        return None
    partitions = at(config, "ephemeralStorageLocalSsdConfig.localSsdCount")
    size = partitions * LOCAL_SSD_GIB if isinstance(partitions, int | float) else config.get("diskSizeGb")
    if isinstance(partitions, Placeholder) or not isinstance(size, int | float):
        return None
    reserved = (
        SSD_RESERVED_GIB.get(int(partitions), SSD_RESERVED_MOST_GIB)
        if partitions
        else min(0.5 * size, 6 + 0.35 * size, 100)
    )
    return math.floor((size * (1 - EVICTION) - reserved) * GIB)


def machine(pool: Node) -> str | None:
    """The machine type of a pool; None where it is not known before the update."""
    name = at(pool.inputs, "nodeConfig.machineType")
    return name if isinstance(name, str) and name else None


def memory(name: str, book: Book, others: Mapping[str, int]) -> int | None:
    """MiB of memory that pods can use on a machine type; None where neither the book nor `others` (GiB) has it."""
    machine = book.sizes(name)
    gib = others.get(name) if machine is None else float(machine.gib)
    if gib is None:
        return None
    reserved, left = 0.0, gib
    for step, share in MEMORY_STEPS:
        reserved += min(left, step) * share
        left -= min(left, step)
    return math.floor((gib - reserved) * GIB - MEMORY_EVICTION)
