"""Sources that only confirm or doubt: SkyPilot's catalog, and Google's own page for Iowa. Nothing is copied from them.

Traps of SkyPilot's files: machines lack their GPUs, which stand in rows of their own with the price of all of them, and
their local SSDs; some GPUs have the price of another way to buy.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from groundwork.cost.book import Book, NoPriceError
from groundwork.cost.book_checks import TOLERANCE
from groundwork.cost.machines import Machine
from groundwork.cost.purchase import Purchase
from groundwork.cost.refresh.parsed_prices import Amounts, Reading
from groundwork.errors import UserError

SKYPILOT: Final = "skypilot"
PAGE: Final = "google-page"
IOWA: Final = "us-central1"
SHARED: Final = frozenset({"e2-micro", "e2-small", "e2-medium"})  # SkyPilot counts their shared cores as whole ones
GPUS: Final[Mapping[str, str]] = {
    "nvidia-l4": "L4",
    "nvidia-tesla-a100": "A100",
    "nvidia-a100-80gb": "A100-80GB",
    "nvidia-h100-80gb": "H100",
    "nvidia-h100-mega-80gb": "H100-MEGA",
}


def skypilot(content: str, origin: str, machines: Mapping[str, Machine]) -> Reading:
    """`vms.csv` of SkyPilot's catalog, with the GPUs added to the machines; raises `UserError` where it is another."""
    hosts: dict[tuple[str, str], Decimal] = {}
    gpus: dict[tuple[str, str], Decimal] = {}
    try:
        for row in csv.DictReader(io.StringIO(content)):
            if not row["Price"]:
                continue
            if row["InstanceType"]:
                hosts[row["InstanceType"], row["Region"]] = Decimal(row["Price"])
            else:
                each = Decimal(row["Price"]) / Decimal(row["AcceleratorCount"])
                gpus[row["AcceleratorName"], row["Region"]] = each
    except (KeyError, TypeError, InvalidOperation, ZeroDivisionError) as error:
        raise UserError(f"{origin}: is no vms.csv of SkyPilot: {error}") from None
    found: defaultdict[str, dict[str, Amounts]] = defaultdict(dict)
    for (name, region), price in hosts.items():
        machine = machines.get(name)
        if machine is None or not price or name in SHARED:
            continue
        gpu = gpus.get((GPUS.get(machine.gpu or "", ""), region))
        if machine.gpu is None or gpu is not None:
            found[name][region] = {Purchase.ON_DEMAND: price + machine.gpus * (gpu or Decimal())}
    return Reading(SKYPILOT, origin, machines=dict(found), bare=True)


def google_page(content: str, origin: str) -> Reading:
    """The machine types of Google's page of prices, as JSON; raises `UserError` where it is something else."""
    try:
        rows = json.loads(content, parse_float=Decimal)
        machines = {row["type"]: {IOWA: {Purchase.ON_DEMAND: Decimal(row["usd"])}} for row in rows}
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise UserError(f"{origin}: is no list of machine types with prices: {error}") from None
    return Reading(PAGE, origin, machines=machines)


def compare(book: Book, reading: Reading) -> tuple[dict[str, set[str]], list[str]]:
    """The regions in which all machines with an item confirm its price, and a line for each family that does not."""
    confirmed: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    doubted: defaultdict[tuple[str, str], list[tuple[Decimal, str]]] = defaultdict(list)
    for name, regions in sorted(reading.machines.items()):
        for region, amounts in sorted(regions.items()):
            try:
                ours = book.machine_price(name, region)
            except NoPriceError:
                continue
            machine = book.machines[name]
            theirs = amounts[Purchase.ON_DEMAND]
            if reading.bare and machine.local_ssds:
                local = machine.parts[machine.attached_ssd] / book.hours_per_month
                theirs += local * book.price(machine.attached_ssd, region)
            agrees = abs(theirs - ours) <= TOLERANCE * ours
            if not agrees:
                words = f"{name} in {region}: {reading.name} has {theirs:.5f}, the book {ours:.5f}"
                doubted[machine.family, region].append(((theirs - ours) * 100 / ours, words))
            for item in machine.parts:
                if not item.startswith("local-ssd"):
                    confirmed[item, region].append(agrees)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for (item, region), answers in confirmed.items():
        if all(answers):
            found[item].add(region)
    return dict(found), [_line(sorted(offs)) for _, offs in sorted(doubted.items())]


def _line(offs: list[tuple[Decimal, str]]) -> str:
    """One line for a family in a region: its machines are wrong for one reason. The farthest off is shown."""
    off, words = max(offs, key=lambda entry: abs(entry[0]))
    return f"{words} ({off:+.1f}%)" + (f", and {len(offs) - 1} more of its family" if len(offs) > 1 else "")


def is_page(content: str) -> bool:
    """Whether a document looks like the list of Google's page."""
    return content.lstrip().startswith("[") and '"usd"' in content
