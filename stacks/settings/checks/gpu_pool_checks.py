"""GPU pools that do not exist: values of one pool that do not go together, each told at its own key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter

from stacks.settings.core.problems import Place
from stacks.settings.core.query import EVERY, found, one
from stacks.settings.core.types import MachineType, Zone
from stacks.settings.facts.gpu_machines import GpuMachine, gpu_machines, nearest
from stacks.settings.facts.gpus import known_on, offered, partitions
from stacks.settings.model.clusters import Accelerator, Gpus
from stacks.settings.model.gpu_pools import Capacity, LocalSsd, PartitionSize

STRICT: Final = ConfigDict(strict=True)
MACHINE: Final[TypeAdapter[str]] = TypeAdapter(MachineType)
ACCELERATOR: Final[TypeAdapter[Accelerator]] = TypeAdapter(Accelerator)
CAPACITY: Final[TypeAdapter[Capacity]] = TypeAdapter(Capacity)
GPUS: Final[TypeAdapter[int]] = TypeAdapter(Gpus, config=STRICT)
PARTITION: Final[TypeAdapter[str]] = TypeAdapter(PartitionSize)
LOCAL_SSD: Final[TypeAdapter[LocalSsd]] = TypeAdapter(LocalSsd)
ZONE: Final[TypeAdapter[str]] = TypeAdapter(Zone)
SWITCH: Final[TypeAdapter[bool]] = TypeAdapter(bool, config=STRICT)
ANYTHING: Final[TypeAdapter[Any]] = TypeAdapter(Any)

# What belongs to some ways of having machines only, whether it can be left out there, and what it is.
BELONGS: Final = {
    "reservation": ((Capacity.RESERVED,), "name the reservation whose machines these are"),
    "max_run_hours": (
        (Capacity.FLEX_START, Capacity.QUEUED),
        "the hours after which a machine is taken away, 1 to 168",
    ),
}
# A reservation has its own placement, flex-start and queued machines come from wherever there are some:
# https://cloud.google.com/kubernetes-engine/docs/how-to/compact-placement
PLACEABLE: Final = (Capacity.ON_DEMAND, Capacity.SPOT)

# Machines whose place GKE tells by labels, and Kueue by those:
# https://cloud.google.com/ai-hypercomputer/docs/workloads/schedule-gke-workloads-tas
PLACED: Final = ("a3-highgpu-8g", "a3-megagpu-8g", "a3-ultragpu-8g", "a3-ultragpu-8g-nolssd", "a4-highgpu-8g")

Finding = tuple[Place, str, str]


def check(pool: object) -> Iterator[Finding]:
    """Everything about a pool that one of its values cannot tell alone."""
    yield from _mode(pool)
    yield from _machine(pool)
    yield from _partition(pool)
    yield from _zones(pool)
    yield from _placement(pool)
    yield from _topology(pool)


def _mode(pool: object) -> Iterator[Finding]:
    capacity = one(pool, ("capacity",), CAPACITY)
    if capacity is None:
        return
    for key, (modes, what) in BELONGS.items():
        given = one(pool, (key,), ANYTHING) is not None
        if given and capacity not in modes:
            names = " and ".join(mode.value for mode in modes)
            yield (key,), f"does not belong to {capacity.value} machines", f"leave it out, or capacity: {names}"
        elif not given and capacity in modes:
            yield (key,), f"is missing, and {capacity.value} machines need it", what


def _machine(pool: object) -> Iterator[Finding]:
    accelerator = one(pool, ("accelerator",), ACCELERATOR)
    gpus = one(pool, ("accelerators_per_node",), GPUS)
    name = one(pool, ("machine_type",), MACHINE)
    if accelerator is None or name is None:
        return
    machine = gpu_machines().get(name)
    if machine is None or machine.accelerator is not accelerator:
        yield ("machine_type",), f"{name} carries no {accelerator.value}", nearest(accelerator, gpus or 1)
        return
    if gpus is not None and machine.gpus != gpus:
        yield (
            ("accelerators_per_node",),
            f"{name} carries {machine.gpus} {accelerator.value}, not {gpus}",
            nearest(accelerator, gpus),
        )
    local_ssd = one(pool, ("local_ssd",), LOCAL_SSD)
    if local_ssd is not None:
        yield from _local_ssd(name, machine, local_ssd)


def _local_ssd(name: str, machine: GpuMachine, wanted: LocalSsd) -> Iterator[Finding]:
    possible = machine.local_ssds
    here: Place = ("local_ssd", "partitions")
    if not possible:
        others = [
            f"{other} has {', '.join(str(count) for count in found.local_ssds)}"
            for other, found in gpu_machines().items()
            if found.accelerator is machine.accelerator and found.gpus == machine.gpus and found.local_ssds
        ]
        yield ("local_ssd",), f"{name} has no local SSD", "; ".join(others) or "leave it out"
    elif wanted.partitions is None:
        if not machine.local_ssd:
            yield here, f"is missing, and {name} brings none by itself", _counts(possible)
    elif wanted.partitions not in possible:
        distance = min(abs(count - wanted.partitions) for count in possible)
        near = [count for count in possible if abs(count - wanted.partitions) == distance]
        verb = "brings" if machine.local_ssd else "takes"
        yield here, f"{name} {verb} {_counts(possible)} local SSD partitions, not {wanted.partitions}", _counts(near)


def _counts(counts: list[int]) -> str:
    return " or ".join(str(count) for count in counts)


def _partition(pool: object) -> Iterator[Finding]:
    accelerator = one(pool, ("accelerator",), ACCELERATOR)
    size = one(pool, ("partition",), PARTITION)
    if accelerator is None or size is None:
        return
    sizes = partitions(accelerator)
    if not sizes:
        yield ("partition",), f"{accelerator.value} cannot be cut into partitions", "leave it out; sharing may do"
    elif size not in sizes:
        yield (
            ("partition",),
            f"{accelerator.value} has no partition {size}",
            f"one of {', '.join(f'{known} ({count} fit)' for known, count in sizes.items())}",
        )


def _zones(pool: object) -> Iterator[Finding]:
    """Zones that do not offer the GPU, where that is known."""
    accelerator = one(pool, ("accelerator",), ACCELERATOR)
    for place, zone in found(pool, ("zones", EVERY), ZONE):
        zones = None if accelerator is None else offered(accelerator, zone)
        if accelerator is not None and zones is not None and zone not in zones:
            yield place, f"{zone} offered no {accelerator.value} on {known_on()}", f"one of {', '.join(zones)}"


def _placement(pool: object) -> Iterator[Finding]:
    if one(pool, ("compact_placement",), SWITCH) is not True:
        return
    capacity = one(pool, ("capacity",), CAPACITY)
    if capacity is not None and capacity not in PLACEABLE:
        yield (
            ("compact_placement",),
            f"{capacity.value} machines cannot be placed",
            f"leave it out, or capacity: {' or '.join(mode.value for mode in PLACEABLE)}",
        )
    zones = one(pool, ("zones",), TypeAdapter(list[Any]))
    if zones is not None and len(zones) > 1:
        yield ("zones",), f"machines in {len(zones)} zones are not close together", "one zone with compact_placement"


def _topology(pool: object) -> Iterator[Finding]:
    """Kueue chooses among machines that are there: where none is at rest, it has to ask for them first."""
    if one(pool, ("topology",), SWITCH) is not True:
        return
    capacity = one(pool, ("capacity",), CAPACITY)
    machine = one(pool, ("machine_type",), MACHINE)
    if capacity is not None and capacity is not Capacity.QUEUED:
        yield (
            ("topology",),
            f"{capacity.value} machines are there only once pods wait for them, too late to choose among them",
            f"leave it out, or capacity: {Capacity.QUEUED.value}",
        )
    elif machine is not None and machine in gpu_machines() and machine not in PLACED:
        yield ("topology",), f"GKE does not tell where machines of type {machine} are", f"one of {', '.join(PLACED)}"
