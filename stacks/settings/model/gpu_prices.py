"""What one hour of one GPU costs, with its share of the machine: the order in which queues try machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stacks.settings.model.gpu_pools import CHEAPEST_FIRST, Capacity, GpuPool

# USD of a GPU-hour on demand and as spot, in the first of europe-west4, europe-west1 and us-central1 that has a price,
# from groundwork/cost/prices.yaml and the size of the machine. Only the order matters, so one region is enough. The
# program does not import the tool: tests/groundwork/cost/test_gpu_prices.py compares the two.
GPU_HOURS: Final[Mapping[str, tuple[float, float]]] = {
    "a2-highgpu-1g": (3.75, 1.69),
    "a2-highgpu-2g": (3.75, 1.69),
    "a2-highgpu-4g": (3.75, 1.69),
    "a2-highgpu-8g": (3.75, 1.69),
    "a2-megagpu-16g": (3.54, 1.60),
    "a2-ultragpu-1g": (5.58, 2.95),
    "a2-ultragpu-2g": (5.58, 2.95),
    "a2-ultragpu-4g": (5.58, 2.95),
    "a2-ultragpu-8g": (5.58, 2.95),
    "a3-highgpu-1g": (14.07, 5.51),
    "a3-highgpu-2g": (14.07, 5.51),
    "a3-highgpu-4g": (14.07, 5.51),
    "a3-highgpu-8g": (14.07, 5.51),
    "a3-megagpu-8g": (14.78, 5.78),
    "g2-standard-4": (0.74, 0.39),
    "g2-standard-8": (0.90, 0.47),
    "g2-standard-12": (1.05, 0.55),
    "g2-standard-16": (1.21, 0.63),
    "g2-standard-24": (1.05, 0.55),
    "g2-standard-32": (1.82, 0.96),
    "g2-standard-48": (1.05, 0.55),
    "g2-standard-96": (1.05, 0.55),
    "g4-standard-48": (4.95, 1.98),
    "g4-standard-96": (4.95, 1.98),
    "g4-standard-192": (4.95, 1.98),
    "g4-standard-384": (4.95, 1.98),
}


def preference(pool: GpuPool) -> tuple[bool, float, int]:
    """The order of pools in a queue: machines with complete GPUs by price, then partitions and shared GPUs.

    A job that names no pool expects a complete GPU. Reserved machines are paid for, used or not. Machines without a
    list price come after those with one.
    """
    on_demand, spot = GPU_HOURS.get(pool.machine_type, (float("inf"), float("inf")))
    # Flex-start and queued machines cost at most as much as on-demand ones.
    price = {Capacity.RESERVED: 0.0, Capacity.SPOT: spot}.get(pool.capacity, on_demand)
    parts = pool.partition is not None or pool.sharing is not None
    return parts, price, CHEAPEST_FIRST.index(pool.capacity)
