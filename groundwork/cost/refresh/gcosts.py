"""The price file of gcosts (`pricing.yml`), and its lists of machine types by region (`machinetyperegion.csv`).

Peculiarities of the file: a month of some families includes a sustained-use discount, so hours are read; machines
include their GPUs and local SSDs; the Archive class is spelled `archiv`; the column `ZONE` of the list of regions has a
region.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from groundwork import documents
from groundwork.cost.purchase import Purchase
from groundwork.cost.refresh.parsed_prices import Amounts, ParsedPrices, Shape
from groundwork.errors import UserError

NAME: Final = "gcosts"
HOURS: Final = 730
COST_KEYS: Final[Mapping[Purchase, tuple[str, str]]] = {
    Purchase.ON_DEMAND: ("hour", "month"),
    Purchase.SPOT: ("hour_spot", "month_spot"),
    Purchase.COMMITTED_1Y: ("hour_1y", "month_1y"),
    Purchase.COMMITTED_3Y: ("hour_3y", "month_3y"),
}
PLACES: Final = {
    "asia-multi": "ASIA", "europe-multi": "EU", "us-multi": "US", "asia1": "ASIA1", "eur4": "EUR4", "nam4": "NAM4",
}  # fmt: skip
CLASSES: Final = {"standard": "standard", "nearline": "nearline", "coldline": "coldline", "archive": "archiv"}
NOT_GPUS: Final = frozenset({"cpu", "ram", "local-ssd", "cost", "type", "bandwidth", "network"})


def _items() -> Iterator[tuple[str, str, bool]]:
    """Items of the book, the path of each in the file, and whether its price is by the hour."""
    disks = {
        "pd-standard": "hdd", "pd-balanced": "balanced", "pd-ssd": "ssd", "pd-extreme": "extreme",
        "pd-standard-regional": "hdd-replicated", "pd-balanced-regional": "balanced-replicated",
        "pd-ssd-regional": "ssd-replicated", "hyperdisk-extreme": "hyperdisk-extreme", "snapshot": "snapshot",
        "local-ssd": "local", "local-ssd-c4": "local-c4", "local-ssd-c4a": "local-c4a", "local-ssd-c4d": "local-c4d",
    }  # fmt: skip
    for item, key in disks.items():
        yield item, f"compute.storage.{key}.cost", False
    for name, key in CLASSES.items():
        for place in ("", "-dual", "-multi"):
            yield f"gcs-{name}{place}", f"storage.bucket.{key}{place}.cost", False
            if name != "standard":
                yield f"gcs-{name}{place}-retrieval", f"storage.retrieval.{key}{place}.cost", False
    yield "address-unused", "compute.network.ip.unused.cost", True
    yield "address", "compute.network.ip.vm.cost", True
    yield "nat-data", "compute.network.nat.data.cost", False
    for item, key in {"first-tib": "0-1", "to-10-tib": "1-10", "above-10-tib": "10n"}.items():
        yield f"egress-{item}", f"compute.network.traffic.egress.internet.cost.{key}", False
    for item, key in {"first": "0-100000", "second": "100000-250000", "third": "250000n"}.items():
        yield f"metrics-{item}", f"monitoring.data.cost.{key}", False


def read_prices(content: str, origin: str) -> ParsedPrices:
    """`pricing.yml`; raises `UserError` for another document."""
    document = documents.parse(content, origin, "YAML").value
    try:
        instances = document["compute"]["instance"]
        day = dt.datetime.fromtimestamp(document["about"]["timestamp"], tz=dt.UTC).date()
        items = {item: _prices(_under(document, path), hourly=hourly) for item, path, hourly in _items()}
        return ParsedPrices(
            NAME,
            origin,
            date=day,
            machines={
                name: _prices(machine["cost"], hourly=True) for name, machine in instances.items() if "cost" in machine
            },
            items={item: prices for item, prices in items.items() if prices},
            shapes={name: _shape(machine) for name, machine in instances.items() if "ram" in machine},
        )
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise UserError(f"{origin}: is not a pricing.yml of gcosts: {error}") from None


def _under(document: Any, path: str) -> Mapping[str, Any]:
    value: Any = document
    for key in path.split("."):
        value = (value or {}).get(key)
    return value or {}


def _prices(costs: Mapping[str, Any], *, hourly: bool) -> dict[str, Amounts]:
    """Prices by place. The hourly price of an option that is billed by the month is a part of the month."""
    prices: defaultdict[str, dict[Purchase, Decimal]] = defaultdict(dict)
    for place, cost in costs.items():
        for purchase, (hour, month) in COST_KEYS.items():
            if hourly and hour in cost:
                prices[PLACES.get(place, place)][purchase] = _exact(cost[hour])
            elif month in cost and not (hourly and purchase is Purchase.ON_DEMAND):
                amount = _exact(cost[month])
                prices[PLACES.get(place, place)][purchase] = amount / HOURS if hourly else amount
    return dict(prices)


def _shape(machine: Mapping[str, Any]) -> Shape:
    gpus = sum((_exact(count) for key, count in machine.items() if key not in NOT_GPUS), Decimal())
    return Shape(_exact(machine["cpu"]), _exact(machine["ram"]), gpus, _exact(machine.get("local-ssd", 0)))


def _exact(number: int | Decimal | str) -> Decimal:
    """A figure as the file writes it."""
    return Decimal(str(number))


def read_regions(content: str, origin: str) -> ParsedPrices:
    """`machinetyperegion.csv`; raises `UserError` for another document."""
    regions: defaultdict[str, set[str]] = defaultdict(set)
    for row in csv.DictReader(io.StringIO(content), delimiter=";"):
        if not row.get("NAME") or not row.get("ZONE"):
            raise UserError(f"{origin}: is not a list of machine types by region: NAME and ZONE are missing")
        regions[row["NAME"]].add(row["ZONE"])
    return ParsedPrices("gcosts-regions", origin, regions={name: frozenset(places) for name, places in regions.items()})
