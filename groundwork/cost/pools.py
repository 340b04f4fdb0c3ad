"""Node pools: machines with their GPUs, boot disks, and local SSDs that the machine type does not bring by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from groundwork.cost.book import Book
from groundwork.cost.inputs import ZONE, given, known, number, region_of, text
from groundwork.cost.items import Item, Quote, UnpricedError, billed
from groundwork.graph import Node

LOCAL_SSD: Final = "local-ssd"
LOCAL_SSD_GIB: Final = 375  # the size of every partition: https://cloud.google.com/compute/docs/disks/local-ssd
# Each way of asking for them; what one way asks for twice is added up.
LOCAL_SSD_COUNTS: Final = (
    (
        "nodeConfig.ephemeralStorageLocalSsdConfig.localSsdCount",
        "nodeConfig.ephemeralStorageLocalSsdConfig.dataCacheCount",
    ),
    ("nodeConfig.localNvmeSsdBlockConfig.localSsdCount",),
    ("nodeConfig.localSsdCount",),
)


def quote(node: Node, book: Book) -> Quote:
    """A month of the pool, from its least nodes to its most, every node running all hours of the month.

    Each node has its own boot disk and local SSDs. Raises `UnpricedError` where the machine or a part of it has no
    price: a pool without its machines is no estimate.
    """
    if given(node, "nodeConfig.flexStart") is True:
        raise UnpricedError("flex-start machines have prices of their own, which the price book lacks")
    low, high = _nodes(node)
    region = region_of(text(node, "location"))
    spot = given(node, "nodeConfig.spot") is True or given(node, "nodeConfig.preemptible") is True
    machine = text(node, "nodeConfig.machineType")
    includes = book.entry(machine).includes
    _same_gpus(node, machine, includes)

    def item(what: str, name: str, each: int, *, spot: bool = False) -> Item:
        return billed(book, what, name, region, Decimal(low * each), Decimal(high * each), spot=spot)

    disk = text(node, "nodeConfig.diskType", "nodeConfig.bootDisk.diskType")
    size = number(node, "nodeConfig.diskSizeGb", "nodeConfig.bootDisk.sizeGb")
    items = [
        item(f"{machine}{' spot' if spot else ''}", machine, book.hours_per_month, spot=spot),
        item(f"boot disk {disk}", disk, size),
    ]
    if (more := max(_local_ssds(node), default=0) - includes.get(LOCAL_SSD, 0)) > 0:
        items.append(item(f"{LOCAL_SSD}{' spot' if spot else ''}", LOCAL_SSD, more * LOCAL_SSD_GIB, spot=spot))
    besides = (
        ("secondary boot disks: as large as their images",) if known(node, "nodeConfig.secondaryBootDisks") else ()
    )
    return Quote(tuple(items), besides)


def _nodes(node: Node) -> tuple[int, int]:
    """The least and the most nodes of the pool in all its zones together."""
    if given(node, "autoscaling") is not None:
        if most := given(node, "autoscaling.totalMaxNodeCount"):
            return _range(given(node, "autoscaling.totalMinNodeCount") or 0, most)
        zones = _zones(node)
        return _range(
            (given(node, "autoscaling.minNodeCount") or 0) * zones, number(node, "autoscaling.maxNodeCount") * zones
        )
    # Both counts are for each zone.
    nodes = number(node, "nodeCount", "initialNodeCount") * _zones(node)
    return nodes, nodes


def _range(least: int, most: int) -> tuple[int, int]:
    if least > most:
        raise UnpricedError(f"autoscaling between {least} and {most} nodes contradicts itself")
    return least, most


def _zones(node: Node) -> int:
    """In how many zones the pool has nodes."""
    zones = known(node, "nodeLocations")
    if isinstance(zones, list) and zones:
        return len(zones)
    if ZONE.search(text(node, "location")):
        return 1
    raise UnpricedError("nodeLocations is not declared, so the number of zones is the cluster's")


def _same_gpus(node: Node, machine: str, includes: Mapping[str, int]) -> None:
    """Refuse a pool whose GPUs are not those that the machine's price holds."""
    declared: Counter[str] = Counter()
    for gpu in known(node, "nodeConfig.guestAccelerators") or ():
        kind, count = gpu.get("type"), gpu.get("count")
        if not isinstance(kind, str) or not isinstance(count, int):
            raise UnpricedError("nodeConfig.guestAccelerators is not known before the update")
        declared[kind] += count
    held = {name: count for name, count in includes.items() if name != LOCAL_SSD}
    if declared and declared != held:
        raise UnpricedError(f"the price of {machine} holds {_words(held)}, and the pool declares {_words(declared)}")


def _words(gpus: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(gpus.items())) or "no GPU"


def _local_ssds(node: Node) -> Iterator[int]:
    """How many local SSDs each node has, by each way of asking for them."""
    for way in LOCAL_SSD_COUNTS:
        yield sum(count for path in way if isinstance(count := known(node, path), int))
