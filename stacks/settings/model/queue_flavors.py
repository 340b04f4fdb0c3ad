"""GPU machines as queues assign them: a pool, or all pools of a compute class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from stacks.settings.model.gpu_pools import Capacity, GpuPool

CLASS: Final = "compute-class"
EXISTING: Final = "existing"  # GPUs of an existing cluster, whose nodes this stack neither starts nor stops


@dataclass(frozen=True)
class QueueFlavor:
    """One flavor of a cluster's queues.

    `capacity` is the provisioning mode of a pool, `CLASS` or `EXISTING`. `pools` are the machines in the order of their
    priority. An existing cluster has no pools, and states the number of its GPUs and their node labels.
    """

    capacity: str
    pools: tuple[GpuPool, ...] = ()
    gpus: int | None = None
    node_labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def queued(self) -> bool:
        """Whether GKE provisions the machines on request, all of a job at once."""
        return self.capacity == Capacity.QUEUED

    @property
    def topology(self) -> bool:
        """Whether jobs can state how close together their machines have to be."""
        return self.capacity != CLASS and any(pool.topology for pool in self.pools)


@dataclass(frozen=True)
class Share:
    """A team's share of one resource: the nominal quota, and Kueue's limits; None for no limit."""

    nominal: int
    borrowing_limit: int | None
    lending_limit: int | None


@dataclass(frozen=True)
class Shares:
    """A team's shares of a cluster: cores, memory in GiB, and GPUs by flavor, cheapest GPU-hour first."""

    cpu: Share
    memory_gib: Share
    gpus: Mapping[str, Share]
