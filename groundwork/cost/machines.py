"""Machine types: what each has, where it is offered, and which items of the price book it is billed by.

A machine's price is the sum of its parts: vCPUs, GiB of memory, GPUs, and the local SSDs that are part of the machine.
Families in which memory or the host comes in a fixed amount with each vCPU or GPU name fewer parts: the price of such a
part `includes` the rest, and the loader checks that what it includes is what the machine has.

`machines.yaml` has families, regions and the sizes of machines without GPUs. `gpu_machines.yaml` has the sizes of all
machines with GPUs; the settings of the platform read the same file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import Field, PlainValidator, Strict

from groundwork.cost.book_models import exactly, positive
from groundwork.documents import Document, Model, Names, Objection, Problems, Text, suggest

VERSION: Final = 1
LOCAL_SSD_GIB: Final = 375  # the size of every partition: https://cloud.google.com/compute/docs/disks/local-ssd
INLINE: Final = ("vcpu", "gib", "gpus", "local-ssd")  # sizes in machines.yaml

Positive = Annotated[Decimal, PlainValidator(positive)]
Count = Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class Machine:
    """A machine type: `local_ssds` are partitions that are part of it; `parts` are items of the book with their number.

    A machine without parts has no price; its sizes are known.
    """

    name: str
    family: str
    vcpu: Decimal
    gib: Decimal
    regions: frozenset[str]
    gpu: str | None = None
    gpus: Decimal = Decimal()
    local_ssds: int = 0
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    attached_ssd: str = ""  # the item that local SSDs are billed by which are added to the machine


class GpuMachineModel(Model):
    """A machine type with GPUs. GPUs cannot be added to it or left out; sizes are for the machine."""

    accelerator: Text
    gpus: Count
    gpu_memory_gib: Count
    vcpu: Count
    memory_gb: Count = Field(description="GiB of memory; Google's pages call them GB")
    local_ssd: int = Field(ge=0, description="partitions of 375 GiB that are part of the machine")
    local_ssd_options: Annotated[tuple[Count, ...], Strict(strict=False)] = ()

    def machine(self, name: str) -> Machine:
        """The machine without a price."""
        return Machine(
            name, "", Decimal(self.vcpu), Decimal(self.memory_gb), frozenset(), self.accelerator, Decimal(self.gpus),
            self.local_ssd,
        )  # fmt: skip


class GpuMachinesModel(Model):
    """The whole of `gpu_machines.yaml`."""

    source: Text
    date: dt.date
    machines: dict[Text, GpuMachineModel]


class FamilyModel(Model):
    """The items of the price book that the parts of a family's machines are billed by."""

    vcpu: Text | None = None
    gib: Text | None = None
    gpu: Text | None = None
    local_ssd: Text | None = Field(default=None, alias="local-ssd")

    @property
    def items(self) -> dict[str, str]:
        """Items by kind of part."""
        parts = {"vcpu": self.vcpu, "gib": self.gib, "gpu": self.gpu, "local-ssd": self.local_ssd}
        return {part: item for part, item in parts.items() if item is not None}


class MachineModel(Model):
    """A machine type. Its sizes are here, or in `gpu_machines.yaml` where it has GPUs."""

    family: Text
    vcpu: Positive | None = None
    gib: Positive | None = None
    gpus: Positive | None = None
    local_ssd: Count | None = Field(default=None, alias="local-ssd")
    regions: Names | None = None


class MachinesModel(Model):
    """The whole of `machines.yaml`. Machines are read one by one, so that a wrong one hides no other."""

    version: Annotated[int, exactly(VERSION, "version {} is unknown", f"this tool reads version {VERSION}")]
    date: dt.date
    source: Text
    families: dict[Text, FamilyModel]
    machines: dict[Text, Any]


def read_gpus(document: Document) -> dict[str, Machine]:
    """All machine types with GPUs, without prices; raises `UserError`."""
    return {name: model.machine(name) for name, model in document.parse(GpuMachinesModel).machines.items()}


def read(document: Document, regions: Collection[str], gpu_machines: Mapping[str, Machine]) -> dict[str, Machine]:
    """All machine types with a price; raises `UserError`. `regions` are those of the price book."""
    problems = Problems(document)
    listed = problems.read(MachinesModel, document.value)
    value = document.value.get("machines") if isinstance(document.value, Mapping) else None
    machines = {}
    for name, entry in value.items() if isinstance(value, Mapping) else ():
        model = problems.read(MachineModel, entry, ("machines", name))
        if model is None or listed is None:
            continue
        machine = gpu_machines.get(name)
        if objections := list(_objections(model, listed, regions, machine)):
            problems.extend(("machines", name), objections)
        else:
            machines[name] = _machine(name, model, listed.families[model.family], regions, machine)
    problems.finish()
    return machines


def _objections(
    model: MachineModel, listed: MachinesModel, regions: Collection[str], gpu_machine: Machine | None
) -> Iterator[Objection]:
    """What is wrong with a machine type whose fields are valid."""
    for region in model.regions or ():
        if region not in regions:
            yield Objection(f"{region} is not a region of the price book", suggest(region, regions), ("regions",))
    sizes = dict(zip(INLINE, (model.vcpu, model.gib, model.gpus, model.local_ssd), strict=True))
    for key, size in sizes.items():
        if gpu_machine is not None and size is not None:
            yield Objection("the sizes of this machine are in gpu_machines.yaml", f"remove {key}", (key,))
        elif gpu_machine is None and size is None and key in ("vcpu", "gib"):
            yield Objection("is missing", "a number above zero, or an entry in gpu_machines.yaml", (key,))
    if model.family not in listed.families:
        yield Objection(f"unknown family {model.family}", suggest(model.family, listed.families), ("family",))
        return
    family = listed.families[model.family]
    gpus, ssds = (model.gpus, model.local_ssd) if gpu_machine is None else (gpu_machine.gpus, gpu_machine.local_ssds)
    for part, count in (("gpu", gpus), ("local-ssd", ssds)):
        if count and part not in family.items:
            yield Objection(f"the family {model.family} has no {part}", "name the item that it is billed by")
    if gpu_machine is not None and family.gpu not in (None, gpu_machine.gpu):
        yield Objection(f"it has {gpu_machine.gpu}, and its family {model.family} is billed by {family.gpu}")


def _machine(
    name: str, model: MachineModel, family: FamilyModel, regions: Collection[str], gpu_machine: Machine | None
) -> Machine:
    sizes = gpu_machine or Machine(
        name, "", model.vcpu or Decimal(), model.gib or Decimal(), frozenset(), family.gpu if model.gpus else None,
        model.gpus or Decimal(), model.local_ssd or 0,
    )  # fmt: skip
    counts = {
        "vcpu": sizes.vcpu,
        "gib": sizes.gib,
        "gpu": sizes.gpus,
        "local-ssd": Decimal(sizes.local_ssds * LOCAL_SSD_GIB),
    }
    return Machine(
        name=name,
        family=model.family,
        vcpu=sizes.vcpu,
        gib=sizes.gib,
        regions=frozenset(regions if model.regions is None else model.regions),
        gpu=sizes.gpu,
        gpus=sizes.gpus,
        local_ssds=sizes.local_ssds,
        parts={item: counts[part] for part, item in family.items.items() if counts[part]},
        attached_ssd=family.local_ssd or "",
    )
