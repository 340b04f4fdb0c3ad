"""Sizes of machine types and their GPUs: from ``gpu_machines.yaml``, or from the name of a machine without GPUs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from stacks.settings.core.data_files import read_data
from stacks.settings.core.types import Choice, MachineType, Section
from stacks.settings.model.clusters import Accelerator, Gpus

# The file is in the package of the price book. The settings read it in the checkout, since they do not import the tool.
FILE: Final = Path(__file__).parents[3] / "groundwork" / "cost" / "gpu_machines.yaml"

# GiB of memory for each core: https://cloud.google.com/compute/docs/general-purpose-machines
GIB_PER_CORE: Final = {"standard": 4, "highmem": 8}
LESS_MEMORY: Final = {"n2-highmem-128": 864}  # the only machine of these families that deviates, in GiB
CPU_MACHINE: Final = re.compile(r"^(?:e2|n2|n2d|n4|c3|c3d|t2d)-(standard|highmem)-([0-9]+)$")


class GpuMachine(Section):
    """A machine type with a fixed number of GPUs. Sizes are those of the machine."""

    accelerator: Annotated[Accelerator, Choice]
    gpus: Gpus
    gpu_memory_gib: Annotated[int, Field(ge=1)]
    vcpu: Annotated[int, Field(ge=1)]
    memory_gb: Annotated[int, Field(ge=1)]
    local_ssd: Annotated[int, Field(ge=0)] = Field(
        description="partitions of 375 GiB that are part of the machine type"
    )
    local_ssd_options: list[Annotated[int, Field(ge=1)]] = Field(
        default_factory=list, description="numbers of partitions that can be added"
    )

    @property
    def local_ssds(self) -> list[int]:
        """The possible numbers of partitions; none without local SSD."""
        return [self.local_ssd] if self.local_ssd else self.local_ssd_options


class GpuMachines(Section):
    """The file."""

    source: str
    date: dt.date
    machines: dict[MachineType, GpuMachine]


@cache
def gpu_machines() -> Mapping[str, GpuMachine]:
    """Every GPU machine by its type; the file is read once."""
    return read_data(FILE, GpuMachines).machines


def size_of(machine_type: str) -> tuple[int, int] | None:
    """Cores and GiB of memory; None for an unknown machine type."""
    if (machine := gpu_machines().get(machine_type)) is not None:
        return machine.vcpu, machine.memory_gb
    if (match := CPU_MACHINE.match(machine_type)) is None:
        return None
    cores = int(match[2])
    return cores, LESS_MEMORY.get(machine_type, GIB_PER_CORE[match[1]] * cores)


def nearest(accelerator: Accelerator, gpus: int) -> str:
    """The machines whose number of this GPU is nearest to the wanted one, as text."""
    offered = {name: machine.gpus for name, machine in gpu_machines().items() if machine.accelerator is accelerator}
    distance = min(abs(count - gpus) for count in offered.values())
    return ", ".join(f"{name} has {count}" for name, count in offered.items() if abs(count - gpus) == distance)
