"""Node pools: machines with their GPUs, boot disks, and local SSDs that are added to the machine type's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from groundwork.cost import disks
from groundwork.cost.book import Book, NoPriceError
from groundwork.cost.inputs import UNKNOWN, given, known, maps, number, region_of, text
from groundwork.cost.machines import LOCAL_SSD_GIB, Machine
from groundwork.cost.nodes import node_counts
from groundwork.cost.priced_items import Item, PricedItems, UnpricedError, billed
from groundwork.cost.pricing_context import PricingContext
from groundwork.cost.purchase import Purchase
from groundwork.graph import Node

# The fields that request local SSDs, in groups; the counts of one group are added.
LOCAL_SSD_COUNTS: Final = (
    (
        "nodeConfig.ephemeralStorageLocalSsdConfig.localSsdCount",
        "nodeConfig.ephemeralStorageLocalSsdConfig.dataCacheCount",
    ),
    ("nodeConfig.localNvmeSsdBlockConfig.localSsdCount",),
    ("nodeConfig.localSsdCount",),
)


def price(node: Node, context: PricingContext) -> PricedItems:
    """A month of the pool, from its minimum to its maximum nodes, each running all hours of the month.

    Each node has a boot disk and local SSDs. GPUs that are partitioned or shared cost as much as complete ones.
    Raises `UnpricedError` or `NoPriceError` where the machine or a part of it has no price: a pool without its machines
    is not an estimate.
    """
    low, high = node_counts(node)
    region = region_of(text(node, "location"))
    name = text(node, "nodeConfig.machineType")
    machine = context.book.machine(name)
    _check_gpus(node, machine)
    purchase, suffix = _priced_option(context.book, name, region, _declared_option(node, context))
    hours = context.book.hours_per_month
    items = [
        Item(
            f"{name}{suffix}",
            "hour",
            context.book.machine_price(name, region, purchase),
            Decimal(low * hours),
            Decimal(high * hours),
            context.book.machine_date(name),
        )
    ]
    items.extend(_boot_disks(node, context, region, low, high))
    if (added := max(_local_ssds(node), default=0) - machine.local_ssds) > 0:
        if not machine.attached_ssd:
            raise UnpricedError(f"{name} takes no local SSD, and the pool declares {added}")
        sizes = (Decimal(nodes * added * LOCAL_SSD_GIB) for nodes in (low, high))
        what = "local-ssd" if purchase is Purchase.ON_DEMAND else f"local-ssd {purchase}"
        items.append(billed(context.book, what, machine.attached_ssd, region, *sizes, purchase=purchase))
    return PricedItems(tuple(items), tuple(_unpriced(node)))


def _declared_option(node: Node, context: PricingContext) -> Purchase:
    """The purchase option of the pool's machines: as the pool declares, else as the estimate asks for."""
    if given(node, "nodeConfig.flexStart") is True:
        return Purchase.FLEX_START
    if given(node, "nodeConfig.spot") is True or given(node, "nodeConfig.preemptible") is True:
        return Purchase.SPOT
    return context.purchase


def _priced_option(book: Book, name: str, region: str, declared: Purchase) -> tuple[Purchase, str]:
    """The purchase option that has a price, and how an item names it.

    Flex-start without a price is priced on demand, which is its maximum.
    """
    if declared is Purchase.ON_DEMAND:
        return declared, ""
    if declared is Purchase.FLEX_START:
        try:
            book.machine_price(name, region, declared)
        except NoPriceError:
            return Purchase.ON_DEMAND, f" {declared}, at most the on-demand price"
    return declared, f" {declared}"


def _boot_disks(node: Node, context: PricingContext, region: str, low: int, high: int) -> Iterator[Item]:
    kind = text(node, "nodeConfig.diskType", "nodeConfig.bootDisk.diskType")
    size = number(node, "nodeConfig.diskSizeGb", "nodeConfig.bootDisk.sizeGb")
    extra = {
        "iops": known(node, "nodeConfig.bootDisk.provisionedIops"),
        "throughput": known(node, "nodeConfig.bootDisk.provisionedThroughput"),
    }
    yield from disks.items(context.book, f"boot disk {kind}", kind, region, size, extra=extra, disks=(low, high))


def _check_gpus(node: Node, machine: Machine) -> None:
    """Refuse a pool whose GPUs are not those of its machine."""
    declared: Counter[str] = Counter()
    for gpu in maps(node, "nodeConfig.guestAccelerators"):
        kind, gpus = gpu.get("type"), gpu.get("count")
        if not isinstance(kind, str) or not isinstance(gpus, int):
            raise UnpricedError(f"nodeConfig.guestAccelerators {UNKNOWN}")
        declared[kind] += gpus
    included = {machine.gpu: int(machine.gpus)} if machine.gpu else {}
    if declared and declared != included:
        raise UnpricedError(
            f"the price of {machine.name} includes {_listed(included)}, and the pool declares {_listed(declared)}"
        )


def _listed(gpus: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(gpus.items())) or "no GPU"


def _local_ssds(node: Node) -> Iterator[int]:
    """Local SSDs of each node, by each group of fields that requests them."""
    for paths in LOCAL_SSD_COUNTS:
        yield sum(count for path in paths if isinstance(count := known(node, path), int))


def _unpriced(node: Node) -> Iterator[str]:
    if known(node, "nodeConfig.secondaryBootDisks"):
        yield "secondary boot disks: as large as their images"
    if known(node, "nodeConfig.reservationAffinity.consumeReservationType") == "SPECIFIC_RESERVATION":
        names = known(node, "nodeConfig.reservationAffinity.values")
        known_names = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        which = ", ".join(known_names) or "of unknown name"
        yield f"reservation {which}: paid in full, used or not; its size is not declared here"
