"""GPU pools: machines of one kind, had in one way, and the classes that fall from one pool to the next."""

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
    """How a pool's machines are had: reserved in advance, bought on demand, or taken when there are some."""

    RESERVED = "reserved"
    ON_DEMAND = "on-demand"
    SPOT = "spot"
    FLEX_START = "flex-start"
    QUEUED = "queued"


# What jobs try first: what is paid for anyway, then what costs least.
CHEAPEST_FIRST: Final = (
    Capacity.RESERVED,
    Capacity.SPOT,
    Capacity.FLEX_START,
    Capacity.QUEUED,
    Capacity.ON_DEMAND,
)


class SharingStrategy(StrEnum):
    """How containers share a GPU: in turns, or side by side through NVIDIA's MPS."""

    TIME_SHARING = "time-sharing"
    MPS = "mps"


class LocalSsdUse(StrEnum):
    """What a node does with its local SSDs."""

    SCRATCH = "scratch"
    CACHE = "cache"
    BLOCK = "block"


class Reservation(Section):
    """Machines that were reserved in Compute Engine beforehand."""

    name: ReservationName
    project: ProjectId | None = Field(
        default=None, description="the project that shares it; null for the service project"
    )


class Sharing(Section):
    """Containers that share one GPU, or one partition of it, without walls between their memories."""

    strategy: Annotated[SharingStrategy, Choice]
    clients: Annotated[int, Field(ge=2, le=48)] = Field(description="containers that share it at most")


class LocalSsd(Section):
    """Disks inside the machine, in partitions of 375 GiB, which are empty again after every start."""

    use: Annotated[LocalSsdUse, Choice] = Field(
        description="scratch for pods' own temporary files, cache for persistent disks, block for raw devices"
    )
    partitions: Partitions | None = Field(
        default=None, description="how many are added; null for those that the machine brings"
    )


class GpuPool(Section):
    """A pool of GPU machines that scales to zero, made alike in each of its clusters."""

    clusters: Clusters = Field(description="clusters that have the pool")
    accelerator: Annotated[Accelerator, Choice]
    accelerators_per_node: Gpus
    machine_type: MachineType
    capacity: Annotated[Capacity, Choice]
    reservation: Reservation | None = Field(default=None, description="whose machines these are; for reserved only")
    max_run_hours: MaxRunHours | None = Field(
        default=None, description="hours after which a machine is taken away; for flex-start and queued only"
    )
    zones: Zones = Field(description="zones that offer this GPU")
    max_nodes: Nodes = Field(description="largest number of nodes, over all zones, in each cluster")
    disk_gb: Annotated[int, Field(ge=50, le=65536)] = 200
    partition: PartitionSize | None = Field(default=None, description="size of the parts that each GPU is cut into")
    sharing: Sharing | None = None
    local_ssd: LocalSsd | None = None
    compact_placement: bool = Field(default=False, description="put the machines close together in their zone")
    topology: bool = Field(
        default=False, description="jobs say how close together their machines are; for queued machines only"
    )
    unqueued: bool = Field(
        default=False, description="no team's queue gives these machines: they are for pods outside of teams"
    )


class Unsatisfiable(StrEnum):
    """What becomes of pods for which no rung has a machine."""

    WAIT = "wait"
    ANY_RUNG = "any-rung"


class ComputeClass(Section):
    """A ladder of pools: pods that name the class get a machine of the first rung that has one."""

    clusters: Clusters = Field(description="clusters that have the class")
    priorities: Annotated[list[Key], Field(min_length=1), Distinct()] = Field(
        description="pools, the first choice first; spot, flex-start, on-demand is the usual order"
    )
    when_unsatisfiable: Annotated[Unsatisfiable, Choice] = Unsatisfiable.WAIT
    active_migration: bool = Field(
        default=False, description="move pods to a better rung once it has machines, which restarts them"
    )
    create_pools: bool = Field(
        default=False, description="below the last rung, let the cluster make more pools like it"
    )
    unqueued: bool = Field(
        default=False, description="no team's queue gives these machines: they are for pods outside of teams"
    )
