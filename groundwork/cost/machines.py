"""Machine types as data: what each has, where it is offered, and which items of the price book it is billed by.

A machine's price is the sum of its parts: vCPUs, GiB of memory, GPUs, and the local SSDs that it brings by itself.
Families in which memory or the whole host comes in a fixed amount with each vCPU or GPU name fewer parts: the price of
such a part `includes` the rest, and the loader checks that what it includes is what the machine has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from groundwork.cost.fields import Field

VERSION: Final = 1
LOCAL_SSD_GIB: Final = 375  # the size of every partition: https://cloud.google.com/compute/docs/disks/local-ssd
PARTS: Final = ("vcpu", "gib", "gpu", "local-ssd")


@dataclass(frozen=True)
class Machine:
    """A machine type: `local_ssds` are partitions that it brings; `parts` are items of the book with their number."""

    name: str
    family: str
    vcpu: Decimal
    gib: Decimal
    regions: frozenset[str]
    gpu: str | None = None
    gpus: Decimal = Decimal()
    local_ssds: int = 0
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    attached_ssd: str = ""  # the item that local SSDs are billed by which are asked for besides


def read(document: Field, regions: tuple[str, ...]) -> dict[str, Machine]:
    """All machine types; raises `UserError` for what cannot be so. `regions` are those of the price book."""
    document.only("version", "date", "source", "families", "machines")
    if document["version"].count() != VERSION:
        raise document["version"].wrong(f"version {document['version'].value} is unknown", f"this tool reads {VERSION}")
    document["date"].date()
    document["source"].text()
    families = document["families"]
    for family in families.values():
        family.only(*PARTS)
        for item in family.values():
            item.text()
    return {name: _machine(name, one, families, regions) for name, one in document["machines"].items()}


def _machine(name: str, one: Field, families: Field, regions: tuple[str, ...]) -> Machine:
    one.only("family", "vcpu", "gib", "gpus", "local-ssd", "regions")
    if one["family"].text() not in families:
        raise one["family"].wrong(f"unknown family {one['family'].value}", f"known: {', '.join(families.map())}")
    family = families[one["family"].text()]
    offered = one["regions"].texts() if "regions" in one else regions
    for region in offered:
        if region not in regions:
            raise one["regions"].wrong(f"{region} is no region of the price book", f"known: {', '.join(regions)}")
    ssds = one["local-ssd"].count() if "local-ssd" in one else 0
    gpus = one["gpus"].number() if "gpus" in one else Decimal()
    counts = dict(_counts(one, gpus, ssds))
    for part in counts:
        if part not in family and part in ("gpu", "local-ssd"):
            raise one.wrong(f"the family {one['family'].value} has no {part}", "name the item that it is billed by")
    return Machine(
        name=name,
        family=one["family"].text(),
        vcpu=one["vcpu"].number(),
        gib=one["gib"].number(),
        regions=frozenset(offered),
        gpu=family["gpu"].text() if gpus else None,
        gpus=gpus,
        local_ssds=ssds,
        parts={item.text(): counts[part] for part, item in family.items() if part in counts},
        attached_ssd=family["local-ssd"].text() if "local-ssd" in family else "",
    )


def _counts(one: Field, gpus: Decimal, ssds: int) -> Iterator[tuple[str, Decimal]]:
    """How much of each part the machine has, in the units that parts are billed in."""
    yield "vcpu", one["vcpu"].number()
    yield "gib", one["gib"].number()
    if gpus:
        yield "gpu", gpus
    if ssds:
        yield "local-ssd", Decimal(ssds * LOCAL_SSD_GIB)
