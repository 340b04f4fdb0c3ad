"""A refresh from beginning to end: what kind of file each is, what it changes, what is doubted, what is written."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from groundwork.cost.refresh import catalog, cross_check, download, gcosts, parts
from groundwork.cost.refresh.parsed_prices import Reading
from groundwork.cost.refresh.update import Difference, Draft
from groundwork.errors import UserError

KNOWN: Final = (
    "pricing.yml and machinetyperegion.csv of gcosts, vms.csv of SkyPilot, the machine types of Google's page as JSON, "
    "pages of the Cloud Billing Catalog as JSON"
)


@dataclass
class Outcome:
    """What a refresh found. `doubts` are what sources say otherwise, or what could not be told for certain."""

    differences: list[Difference] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)


def refresh(path: Path, origins: list[str], *, ask: str | None, today: dt.date, write: bool) -> Outcome:
    """Read prices anew from files and addresses, and from the catalog at `ask`; write the book where `write` says so.

    Raises `UserError` for what cannot be read, and for a new book that the loader would refuse: nothing is written
    then.
    """
    draft, outcome = Draft(path), Outcome()
    contents = [(origin, download.text(origin)) for origin in origins]
    # Witnesses speak of the new figures, so they come last.
    for origin, content in sorted(contents, key=lambda entry: _is_witness(entry[1])):
        _take(draft, origin, content, outcome, today)
        outcome.read.append(origin)
    if ask is not None:
        rules = catalog.rules()
        _skus(draft, catalog.fetch(download.catalog(ask), rules), ask, outcome, today)
        outcome.read.append(ask)
    draft.current()
    outcome.differences = draft.differences
    if write:
        draft.write()
    return outcome


def _is_witness(content: str) -> bool:
    return content.startswith("InstanceType,") or cross_check.is_page(content)


def _take(draft: Draft, origin: str, content: str, outcome: Outcome, today: dt.date) -> None:
    """Whatever one file says."""
    book = draft.current()
    if content.startswith("InstanceType,"):
        _witness(draft, cross_check.skypilot(content, origin, book.machines), outcome)
    elif cross_check.is_page(content):
        _witness(draft, cross_check.google_page(content, origin), outcome)
    elif content.startswith("NAME;"):
        _regions(draft, gcosts.read_regions(content, origin), outcome)
    elif content.lstrip().startswith("{"):
        _skus(draft, _pages(content, origin), origin, outcome, today)
    elif "\ncompute:" in content:
        reading = gcosts.read_prices(content, origin)
        solved, wrong = parts.solve(reading, book.machines.values(), book.regions)
        outcome.doubts.extend(wrong)
        draft.take(reading, {**reading.items, **solved}, reading.date or today)
    else:
        raise UserError(f"{origin}: is none of the files that are known", KNOWN)


def _pages(content: str, origin: str) -> list[dict[str, Any]]:
    """SKUs that somebody saved."""
    try:
        found = json.loads(content).get("skus")
    except ValueError as error:
        raise UserError(f"{origin}: is no JSON: {error}") from None
    if not isinstance(found, list):
        raise UserError(f"{origin}: skus: is missing, so this is no page of the catalog")
    return found


def _skus(draft: Draft, skus: list[dict[str, Any]], origin: str, outcome: Outcome, today: dt.date) -> None:
    book = draft.current()
    rules = catalog.rules()
    units = {item: book.entries[item].unit for item in rules.items if item in book.entries}
    reading, unsure = catalog.read(skus, origin, rules, units, book.regions)
    outcome.doubts.extend(unsure)
    draft.take(reading, reading.items, today)


def _witness(draft: Draft, reading: Reading, outcome: Outcome) -> None:
    book = draft.current()
    confirmed, lines = cross_check.compare(book, reading)
    seen = {
        item
        for name in reading.machines
        if name in book.machines
        for item in book.machines[name].parts
        if not item.startswith(parts.MONTHLY)
    }
    if reading.name in draft.document["sources"]:
        draft.confirm(reading.name, confirmed, seen)
    outcome.doubts.extend(lines)


def _regions(draft: Draft, reading: Reading, outcome: Outcome) -> None:
    """Where machines are offered is written by hand: a line for each that is offered elsewhere than the list has it."""
    book = draft.current()
    for name, machine in sorted(book.machines.items()):
        offered = reading.regions.get(name, frozenset()) & set(book.regions)
        for region in sorted(offered ^ machine.regions):
            where = "is offered there now" if region in offered else "is no longer offered there"
            outcome.doubts.append(f"machines.yaml: {name} in {region}: {where}")
