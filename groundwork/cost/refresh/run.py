"""The refresh of a price book: detect the kind of each file, apply it, collect discrepancies, write the book."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from groundwork.cost.refresh import catalog, cross_check, download, gcosts, parts
from groundwork.cost.refresh.parsed_prices import ParsedPrices
from groundwork.cost.refresh.update import BookDraft, PriceDifference
from groundwork.errors import UserError

KNOWN: Final = (
    "pricing.yml and machinetyperegion.csv of gcosts, vms.csv of SkyPilot, the machine types of Google's page as JSON, "
    "pages of the Cloud Billing Catalog as JSON"
)


@dataclass
class Outcome:
    """The result of a refresh. `discrepancies` are contradictions of other sources, and ambiguous prices."""

    differences: list[PriceDifference] = field(default_factory=list)
    discrepancies: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)


def refresh(path: Path, origins: list[str], *, ask: str | None, today: dt.date, write: bool) -> Outcome:
    """Read prices from files and addresses, and from the catalog at `ask`; write the book if `write`.

    Raises `UserError` for a source that cannot be read, and for a new book that the loader would refuse; then
    nothing is written.
    """
    draft, outcome = BookDraft(path), Outcome()
    contents = [(origin, download.text(origin)) for origin in origins]
    # Cross-check sources are compared with the new figures, so they come last.
    for origin, content in sorted(contents, key=lambda entry: _is_cross_check(entry[1])):
        _apply(draft, origin, content, outcome, today)
        outcome.read.append(origin)
    if ask is not None:
        rules = catalog.rules()
        _apply_skus(draft, catalog.fetch(download.catalog(ask), rules), ask, outcome, today)
        outcome.read.append(ask)
    draft.current()
    outcome.differences = draft.differences
    if write:
        draft.write()
    return outcome


def _is_cross_check(content: str) -> bool:
    return content.startswith("InstanceType,") or cross_check.is_page(content)


def _apply(draft: BookDraft, origin: str, content: str, outcome: Outcome, today: dt.date) -> None:
    """Apply the content of one file."""
    book = draft.current()
    if content.startswith("InstanceType,"):
        _cross_check(draft, cross_check.skypilot(content, origin, book.machines), outcome)
    elif cross_check.is_page(content):
        _cross_check(draft, cross_check.google_page(content, origin), outcome)
    elif content.startswith("NAME;"):
        _compare_regions(draft, gcosts.read_regions(content, origin), outcome)
    elif content.lstrip().startswith("{"):
        _apply_skus(draft, _skus(content, origin), origin, outcome, today)
    elif "\ncompute:" in content:
        prices = gcosts.read_prices(content, origin)
        solved, contradictions = parts.solve(prices, book.machines.values(), book.regions)
        outcome.discrepancies.extend(contradictions)
        draft.take(prices, {**prices.items, **solved}, prices.date or today)
    else:
        raise UserError(f"{origin}: is not a known kind of file", KNOWN)


def _skus(content: str, origin: str) -> list[dict[str, Any]]:
    """The SKUs of a saved page of the catalog."""
    try:
        skus = json.loads(content).get("skus")
    except ValueError as error:
        raise UserError(f"{origin}: is not JSON: {error}") from None
    if not isinstance(skus, list):
        raise UserError(f"{origin}: skus: is missing, so this is not a page of the catalog")
    return skus


def _apply_skus(draft: BookDraft, skus: list[dict[str, Any]], origin: str, outcome: Outcome, today: dt.date) -> None:
    book = draft.current()
    rules = catalog.rules()
    units = {item: book.entries[item].unit for item in rules.items if item in book.entries}
    prices, ambiguous = catalog.read(skus, origin, rules, units, book.regions)
    outcome.discrepancies.extend(ambiguous)
    draft.take(prices, prices.items, today)


def _cross_check(draft: BookDraft, prices: ParsedPrices, outcome: Outcome) -> None:
    """Compare the book with a cross-check source, and note the prices that it confirms."""
    book = draft.current()
    confirmed, discrepancies = cross_check.compare(book, prices)
    covered = {
        item
        for name in prices.machines
        if name in book.machines
        for item in book.machines[name].parts
        if not item.startswith(parts.MONTHLY)
    }
    if prices.name in draft.document["sources"]:
        draft.confirm(prices.name, confirmed, covered)
    outcome.discrepancies.extend(discrepancies)


def _compare_regions(draft: BookDraft, prices: ParsedPrices, outcome: Outcome) -> None:
    """A line for each machine whose regions in the list differ from `machines.yaml`, which is edited by hand."""
    book = draft.current()
    for name, machine in sorted(book.machines.items()):
        offered = prices.regions.get(name, frozenset()) & set(book.regions)
        for region in sorted(offered ^ machine.regions):
            where = "is offered there now" if region in offered else "is no longer offered there"
            outcome.discrepancies.append(f"machines.yaml: {name} in {region}: {where}")
