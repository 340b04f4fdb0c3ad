"""Cross-check sources: SkyPilot's catalog, and Google's own page for Iowa. Nothing is copied from them.

Peculiarities of SkyPilot's files: machines lack their GPUs, which have separate rows with the price of all of them, and
their local SSDs; some GPUs have the price of another purchase option.
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
from groundwork.cost.refresh.parsed_prices import Amounts, ParsedPrices
from groundwork.errors import UserError

SKYPILOT: Final = "skypilot"
PAGE: Final = "google-page"
IOWA: Final = "us-central1"
SHARED: Final = frozenset({"e2-micro", "e2-small", "e2-medium"})  # SkyPilot counts a shared core as a vCPU
GPUS: Final[Mapping[str, str]] = {
    "nvidia-l4": "L4",
    "nvidia-tesla-a100": "A100",
    "nvidia-a100-80gb": "A100-80GB",
    "nvidia-h100-80gb": "H100",
    "nvidia-h100-mega-80gb": "H100-MEGA",
}


def skypilot(content: str, origin: str, machines: Mapping[str, Machine]) -> ParsedPrices:
    """`vms.csv` of SkyPilot's catalog, with the GPUs added to the machines; raises `UserError` for another file."""
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
        raise UserError(f"{origin}: is not a vms.csv of SkyPilot: {error}") from None
    prices: defaultdict[str, dict[str, Amounts]] = defaultdict(dict)
    for (name, region), price in hosts.items():
        machine = machines.get(name)
        if machine is None or not price or name in SHARED:
            continue
        gpu = gpus.get((GPUS.get(machine.gpu or "", ""), region))
        if machine.gpu is None or gpu is not None:
            prices[name][region] = {Purchase.ON_DEMAND: price + machine.gpus * (gpu or Decimal())}
    return ParsedPrices(SKYPILOT, origin, machines=dict(prices), bare=True)


def google_page(content: str, origin: str) -> ParsedPrices:
    """The machine types of Google's page of prices, as JSON; raises `UserError` for another document."""
    try:
        rows = json.loads(content, parse_float=Decimal)
        machines = {row["type"]: {IOWA: {Purchase.ON_DEMAND: Decimal(row["usd"])}} for row in rows}
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise UserError(f"{origin}: is not a list of machine types with prices: {error}") from None
    return ParsedPrices(PAGE, origin, machines=machines)


def compare(book: Book, parsed: ParsedPrices) -> tuple[dict[str, set[str]], list[str]]:
    """Regions in which all machines with an item confirm its price, and a line for each family with a discrepancy."""
    confirmed: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    discrepancies: defaultdict[tuple[str, str], list[tuple[Decimal, str]]] = defaultdict(list)
    for name, regions in sorted(parsed.machines.items()):
        for region, amounts in sorted(regions.items()):
            try:
                ours = book.machine_price(name, region)
            except NoPriceError:
                continue
            machine = book.machines[name]
            theirs = amounts[Purchase.ON_DEMAND]
            if parsed.bare and machine.local_ssds:
                local = machine.parts[machine.attached_ssd] / book.hours_per_month
                theirs += local * book.price(machine.attached_ssd, region)
            agrees = abs(theirs - ours) <= TOLERANCE * ours
            if not agrees:
                line = f"{name} in {region}: {parsed.name} has {theirs:.5f}, the book {ours:.5f}"
                discrepancies[machine.family, region].append(((theirs - ours) * 100 / ours, line))
            for item in machine.parts:
                if not item.startswith("local-ssd"):
                    confirmed[item, region].append(agrees)
    agreed: defaultdict[str, set[str]] = defaultdict(set)
    for (item, region), answers in confirmed.items():
        if all(answers):
            agreed[item].add(region)
    return dict(agreed), [_line(sorted(offs)) for _, offs in sorted(discrepancies.items())]


def _line(offs: list[tuple[Decimal, str]]) -> str:
    """One line for a family in a region: the machine that differs most, since all of them differ for one reason."""
    off, line = max(offs, key=lambda entry: abs(entry[0]))
    return f"{line} ({off:+.1f}%)" + (f", and {len(offs) - 1} more of its family" if len(offs) > 1 else "")


def is_page(content: str) -> bool:
    """Whether a document looks like the list of Google's page."""
    return content.lstrip().startswith("[") and '"usd"' in content
