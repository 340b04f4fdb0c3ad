"""Node pools: machines with their GPUs, boot disks, and local SSDs that the machine type does not bring by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from groundwork.cost import disks
from groundwork.cost.book import Book, NoPriceError
from groundwork.cost.inputs import given, known, maps, number, region_of, text
from groundwork.cost.machines import LOCAL_SSD_GIB, Machine
from groundwork.cost.nodes import count
from groundwork.cost.priced_items import Item, Quote, UnpricedError, billed
from groundwork.cost.pricing_context import Basis
from groundwork.cost.purchase import Purchase
from groundwork.graph import Node

# Each way of asking for local SSDs; what one way asks for twice is added up.
LOCAL_SSD_COUNTS: Final = (
    (
        "nodeConfig.ephemeralStorageLocalSsdConfig.localSsdCount",
        "nodeConfig.ephemeralStorageLocalSsdConfig.dataCacheCount",
    ),
    ("nodeConfig.localNvmeSsdBlockConfig.localSsdCount",),
    ("nodeConfig.localSsdCount",),
)


def quote(node: Node, basis: Basis) -> Quote:
    """A month of the pool, from its least nodes to its most, every node running all hours of the month.

    Each node has its own boot disk and local SSDs. GPUs that are cut in parts or shared cost what they cost whole.
    Raises `UnpricedError` or `NoPriceError` where the machine or a part of it has no price: a pool without its machines
    is no estimate.
    """
    low, high = count(node)
    region = region_of(text(node, "location"))
    name = text(node, "nodeConfig.machineType")
    machine = basis.book.machine(name)
    _same_gpus(node, machine)
    declared = _declared(node, basis)
    way, words = _way(basis.book, name, region, declared)
    hours = basis.book.hours_per_month
    items = [
        Item(
            f"{name}{words}",
            "hour",
            basis.book.machine_price(name, region, way),
            Decimal(low * hours),
            Decimal(high * hours),
            basis.book.machine_date(name),
        )
    ]
    items.extend(_disks(node, basis, region, low, high))
    if (more := max(_local_ssds(node), default=0) - machine.local_ssds) > 0:
        if not machine.attached_ssd:
            raise UnpricedError(f"{name} takes no local SSD, and the pool declares {more}")
        sizes = (Decimal(nodes * more * LOCAL_SSD_GIB) for nodes in (low, high))
        words = "" if way is Purchase.ON_DEMAND else f" {way}"
        items.append(billed(basis.book, f"local-ssd{words}", machine.attached_ssd, region, *sizes, purchase=way))
    return Quote(tuple(items), tuple(_besides(node)))


def _declared(node: Node, basis: Basis) -> Purchase:
    """How the pool's machines are bought: as it declares, or as was asked for."""
    if given(node, "nodeConfig.flexStart") is True:
        return Purchase.FLEX_START
    if given(node, "nodeConfig.spot") is True or given(node, "nodeConfig.preemptible") is True:
        return Purchase.SPOT
    return basis.purchase


def _way(book: Book, name: str, region: str, declared: Purchase) -> tuple[Purchase, str]:
    """The way that has a price, with words for it. Flex-start without one costs on-demand prices at the most."""
    if declared is Purchase.ON_DEMAND:
        return declared, ""
    if declared is Purchase.FLEX_START:
        try:
            book.machine_price(name, region, declared)
        except NoPriceError:
            return Purchase.ON_DEMAND, f" {declared}, at most the on-demand price"
    return declared, f" {declared}"


def _disks(node: Node, basis: Basis, region: str, low: int, high: int) -> Iterator[Item]:
    """The boot disks."""
    kind = text(node, "nodeConfig.diskType", "nodeConfig.bootDisk.diskType")
    size = number(node, "nodeConfig.diskSizeGb", "nodeConfig.bootDisk.sizeGb")
    extra = {
        "iops": known(node, "nodeConfig.bootDisk.provisionedIops"),
        "throughput": known(node, "nodeConfig.bootDisk.provisionedThroughput"),
    }
    yield from disks.items(basis.book, f"boot disk {kind}", kind, region, size, extra=extra, disks=(low, high))


def _same_gpus(node: Node, machine: Machine) -> None:
    """Refuse a pool whose GPUs are not those that the machine has."""
    declared: Counter[str] = Counter()
    for gpu in maps(node, "nodeConfig.guestAccelerators"):
        kind, number_of = gpu.get("type"), gpu.get("count")
        if not isinstance(kind, str) or not isinstance(number_of, int):
            raise UnpricedError("nodeConfig.guestAccelerators is not known before the update")
        declared[kind] += number_of
    held = {machine.gpu: int(machine.gpus)} if machine.gpu else {}
    if declared and declared != held:
        raise UnpricedError(
            f"the price of {machine.name} holds {_words(held)}, and the pool declares {_words(declared)}"
        )


def _words(gpus: Mapping[str, int]) -> str:
    return ", ".join(f"{number_of} {name}" for name, number_of in sorted(gpus.items())) or "no GPU"


def _local_ssds(node: Node) -> Iterator[int]:
    """How many local SSDs each node has, by each way of asking for them."""
    for way in LOCAL_SSD_COUNTS:
        yield sum(found for path in way if isinstance(found := known(node, path), int))


def _besides(node: Node) -> Iterator[str]:
    if known(node, "nodeConfig.secondaryBootDisks"):
        yield "secondary boot disks: as large as their images"
    if known(node, "nodeConfig.reservationAffinity.consumeReservationType") == "SPECIFIC_RESERVATION":
        names = known(node, "nodeConfig.reservationAffinity.values")
        known_names = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        which = ", ".join(known_names) or "one"
        yield f"reservation {which}: paid for whole, used or not; its size is not declared here"
