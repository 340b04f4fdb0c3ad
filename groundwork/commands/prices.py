"""``groundwork prices``: the price book itself."""

from __future__ import annotations

import datetime as dt
import difflib
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from groundwork.commands._common import busy, json_option, print_json
from groundwork.cost import Book, load
from groundwork.cost.book import FILE, NoPriceError
from groundwork.cost.purchase import Purchase
from groundwork.cost.refresh import catalog
from groundwork.cost.refresh.run import Outcome
from groundwork.cost.refresh.run import refresh as run
from groundwork.errors import UserError

WIDTH: Final = 200  # a row is one line, for a person with a wide terminal and for grep

book_option = click.option(
    "--book", "path", type=click.Path(dir_okay=False, path_type=Path), default=FILE, help="Another price book."
)


@click.group()
def prices() -> None:
    """The price book: what is in it, how old it is, and reading it anew."""


@prices.command()
@click.argument("item")
@click.option("--region", "-r", "regions", multiple=True, help="Only this region; may be given several times.")
@book_option
@json_option
def show(*, item: str, regions: tuple[str, ...], path: Path, as_json: bool) -> None:
    """What one hour of a machine type, or one unit of an ITEM of the book, costs in each region, and who says so."""
    book = load(path)
    rows = _machine_rows(book, item) if item in book.machines else _entry_rows(book, item)
    unknown = sorted(set(regions) - {row["region"] for row in rows})
    if unknown:
        known = ", ".join(row["region"] for row in rows)
        raise UserError(f"--region {unknown[0]}: the price book has no {item} there", f"regions: {known}")
    rows = [row for row in rows if not regions or row["region"] in regions]
    today = dt.datetime.now(dt.UTC).date()
    if as_json:
        age = {"date": book.date.isoformat(), "ageDays": book.age_days(today)}
        print_json({"item": item, "currency": book.currency, "priceBook": age, "prices": rows})
        return
    console = Console(highlight=False, width=WIDTH)
    console.print(_table(item, rows))
    console.print(Text(f"Book of {book.date}, {book.age_days(today)} days old", style="dim"))


def _machine_rows(book: Book, name: str) -> list[dict[str, Any]]:
    machine = book.machine(name)
    brings = [f"{machine.vcpu:f} vCPU", f"{machine.gib:f} GiB"]
    brings += [f"{machine.gpus:f} {machine.gpu}"] if machine.gpu else []
    brings += [f"{machine.local_ssds} local SSD"] if machine.local_ssds else []
    rows = []
    for region in book.regions:
        row: dict[str, Any] = {"region": region, "unit": "hour", "includes": brings}
        try:
            found = {way: book.machine_price(name, region, way) for way in (Purchase.ON_DEMAND,)}
        except NoPriceError as error:
            rows.append({**row, "absent": str(error)})
            continue
        for way in Purchase:
            try:
                found[way] = book.machine_price(name, region, way)
            except NoPriceError:
                continue
        agree = min((book.entry(item).sources(region) for item in machine.parts), key=len)
        rows.append({**row, **_row(found, agree), "date": book.machine_date(name).isoformat()})
    return rows


def _entry_rows(book: Book, name: str) -> list[dict[str, Any]]:
    if name not in book.entries:
        close = difflib.get_close_matches(name, [*book.machines, *book.entries], n=1)
        raise UserError(
            f"the price book has no {name}",
            f"did you mean {close[0]}?" if close else "machine types and items of the book",
        )
    entry = book.entry(name)
    includes = [f"{number:f} {unit}" for unit, number in entry.includes.items()] + ([entry.note] if entry.note else [])
    rows = []
    for region, found in entry.prices.items():
        row: dict[str, Any] = {"region": region, "unit": entry.unit, "includes": includes}
        if isinstance(found, str):
            rows.append({**row, "absent": found})
            continue
        amounts = {Purchase.ON_DEMAND: found.amount, **found.discounted}
        shown = {**row, **_row(amounts, entry.sources(region)), "date": entry.date.isoformat()}
        rows.append({**shown, "disputed": True} if found.disputed else shown)
    return rows


def _row(amounts: dict[Purchase, Decimal], sources: tuple[str, ...]) -> dict[str, Any]:
    return {"prices": {way.value: f"{amount:f}" for way, amount in amounts.items()}, "sources": list(sources)}


def _table(item: str, rows: list[dict[str, Any]]) -> Table:
    ways = [way.value for way in Purchase if any(way.value in row.get("prices", {}) for row in rows)]
    table = Table(item, *ways, "a", "sources that agree", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        if "absent" in row:
            table.add_row(row["region"], *["-"] * len(ways), row["unit"], Text(row["absent"], style="yellow"))
            continue
        agree = f"{len(row['sources'])}: {', '.join(row['sources'])}{', disputed' if row.get('disputed') else ''}"
        table.add_row(row["region"], *[row["prices"].get(way, "-") for way in ways], row["unit"], agree)
    if rows and rows[0]["includes"]:
        table.caption = f"includes {', '.join(rows[0]['includes'])}"
    return table


@prices.command()
@click.option("--from", "origins", multiple=True, metavar="FILE|URL", help="A price file; may be given several times.")
@click.option("--catalog", "asks", is_flag=True, help="Ask Google's Cloud Billing Catalog, with your credentials.")
@click.option("--catalog-url", default=catalog.URL, show_default=True, help="Where the catalog answers.")
@click.option("--check", is_flag=True, help="Show what would change, and write nothing.")
@book_option
def refresh(*, origins: tuple[str, ...], asks: bool, catalog_url: str, check: bool, path: Path) -> None:
    """Read prices anew, show what changes, and write the book: not where it would say what cannot be true.

    Known files: pricing.yml and machinetyperegion.csv of gcosts; vms.csv of SkyPilot and the machine types of Google's
    page, which are only compared; saved pages of the Cloud Billing Catalog.
    """
    if not origins and not asks:
        raise UserError("nothing to read prices from", "name files or addresses: --from; or ask Google: --catalog")
    today = dt.datetime.now(dt.UTC).date()
    with busy("reading prices"):
        outcome = run(path, list(origins), ask=catalog_url if asks else None, today=today, write=not check)
    _report(outcome, path, check=check)


def _report(outcome: Outcome, path: Path, *, check: bool) -> None:
    for difference in outcome.differences:
        click.echo(difference.text())
    for discrepancy in outcome.discrepancies:
        click.echo(f"discrepancy: {discrepancy}", err=True)
    done = "would change" if check else "changed"
    click.echo(f"{path}: {len(outcome.differences)} prices {done}, {len(outcome.discrepancies)} discrepancies")
