"""GPU pools: machines of one type and capacity; and compute classes, which fall back from one pool to the next."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Choice, Key, MachineType, ProjectId, Section, shape
from stacks.settings.model.clusters import Accelerator, Gpus, Nodes, Zones

Clusters = Annotated[list[Key], Field(min_length=1), Distinct()]
# https://cloud.google.com/kubernetes-engine/docs/concepts/dws: seven days
MaxRunHours = Annotated[int, Field(ge=1, le=168)]
# https://cloud.google.com/compute/docs/disks/local-ssd: no machine has more
Partitions = Annotated[int, Field(ge=1, le=32)]

# https://cloud.google.com/compute/docs/naming-resources
ReservationName = Annotated[
    str, shape(r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", "the name of a reservation", "a100-until-2027")
]
# https://cloud.google.com/kubernetes-engine/docs/how-to/gpus-multi
PartitionSize = Annotated[
    str, shape(r"^[0-9]+g\.[0-9]+gb([+-][a-z]+(\.[a-z]+)?)?$", "the size of a GPU partition", "1g.5gb")
]


class Capacity(StrEnum):
    """The capacity of a pool: reserved in advance, on demand, or used when available."""

    RESERVED = "reserved"
    ON_DEMAND = "on-demand"
    SPOT = "spot"
    FLEX_START = "flex-start"
    QUEUED = "queued"


# The order in which jobs try pools: capacity that is paid for anyway, then the cheapest.
CHEAPEST_FIRST: Final = (
    Capacity.RESERVED,
    Capacity.SPOT,
    Capacity.FLEX_START,
    Capacity.QUEUED,
    Capacity.ON_DEMAND,
)


class SharingStrategy(StrEnum):
    """How containers share a GPU: one after another, or concurrently through NVIDIA's MPS."""

    TIME_SHARING = "time-sharing"
    MPS = "mps"


class LocalSsdUse(StrEnum):
    """The use of a node's local SSDs."""

    SCRATCH = "scratch"
    CACHE = "cache"
    BLOCK = "block"


class Reservation(Section):
    """A reservation of machines in Compute Engine."""

    name: ReservationName
    project: ProjectId | None = Field(
        default=None, description="the project that shares the reservation; null for the service project"
    )


class Sharing(Section):
    """Containers that share one GPU, or one partition of it, without memory isolation."""

    strategy: Annotated[SharingStrategy, Choice]
    clients: Annotated[int, Field(ge=2, le=48)] = Field(description="maximum number of containers that share a GPU")


class LocalSsd(Section):
    """Disks inside the machine, in partitions of 375 GiB, which are empty after every start."""

    use: Annotated[LocalSsdUse, Choice] = Field(
        description="scratch for temporary files of pods, cache for persistent disks, block for raw devices"
    )
    partitions: Partitions | None = Field(
        default=None, description="number of added partitions; null for those that the machine type includes"
    )


class GpuPool(Section):
    """A pool of GPU machines that scales to zero, with the same settings in each of its clusters."""

    clusters: Clusters = Field(description="clusters that have the pool")
    accelerator: Annotated[Accelerator, Choice]
    accelerators_per_node: Gpus
    machine_type: MachineType
    capacity: Annotated[Capacity, Choice]
    reservation: Reservation | None = Field(
        default=None, description="the reservation whose machines the pool uses; for reserved only"
    )
    max_run_hours: MaxRunHours | None = Field(
        default=None, description="hours after which a machine is removed; for flex-start and queued only"
    )
    zones: Zones = Field(description="zones that offer this GPU")
    max_nodes: Nodes = Field(description="maximum number of nodes, over all zones, in each cluster")
    disk_gb: Annotated[int, Field(ge=50, le=65536)] = 200
    partition: PartitionSize | None = Field(default=None, description="size of the partitions of each GPU (MIG)")
    sharing: Sharing | None = None
    local_ssd: LocalSsd | None = None
    compact_placement: bool = Field(default=False, description="place the machines close together in their zone")
    topology: bool = Field(
        default=False, description="let jobs request machines that are close together; for queued only"
    )
    unqueued: bool = Field(
        default=False, description="no team's queue offers these machines: they are for pods outside of teams"
    )


class Unsatisfiable(StrEnum):
    """What happens to pods if no priority of their class has a machine."""

    WAIT = "wait"
    ANY_PRIORITY = "any-priority"


class ComputeClass(Section):
    """Pools in order of priority: pods of the class get a machine of the first pool that has one."""

    clusters: Clusters = Field(description="clusters that have the class")
    priorities: Annotated[list[Key], Field(min_length=1), Distinct()] = Field(
        description="pools, the first choice first; spot, flex-start, on-demand is the usual order"
    )
    when_unsatisfiable: Annotated[Unsatisfiable, Choice] = Unsatisfiable.WAIT
    active_migration: bool = Field(
        default=False, description="move pods to a higher priority once it has machines, which restarts them"
    )
    create_pools: bool = Field(
        default=False, description="after the last priority, let the cluster create more pools like it"
    )
    unqueued: bool = Field(
        default=False, description="no team's queue offers these machines: they are for pods outside of teams"
    )
