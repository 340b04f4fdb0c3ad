"""``groundwork prices``: the price book."""

from __future__ import annotations

import datetime as dt
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
from groundwork.cost.refresh import catalog, run
from groundwork.documents import suggest
from groundwork.errors import UserError

WIDTH: Final = 200  # of the table in characters: a row is one line, also for grep

book_option = click.option(
    "--book", "path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), default=FILE,
    help="Price book.  [default: the book of this version]",
)  # fmt: skip


@click.group()
def prices() -> None:
    """Show and refresh the price book."""


@prices.command()
@click.argument("item")
@click.option(
    "--region", "-r", "regions", metavar="REGION", multiple=True, help="Region to show; repeatable.  [default: all]"
)
@book_option
@json_option
def show(*, item: str, regions: tuple[str, ...], path: Path, as_json: bool) -> None:
    """Show prices of a machine type or a book item.

    ITEM is a machine type (price per hour) or a key of the book (price per unit), in each region, with the sources of
    the price.
    """
    book = load(path)
    rows = _machine_rows(book, item) if item in book.machines else _item_rows(book, item)
    unknown = sorted(set(regions) - {row["region"] for row in rows})
    if unknown:
        known = [row["region"] for row in rows]
        raise UserError(
            f"--region {unknown[0]}: the price book has no price of {item} there", f"regions: {', '.join(known)}"
        )
    rows = [row for row in rows if not regions or row["region"] in regions]
    today = dt.datetime.now(dt.UTC).date()
    if as_json:
        age = {"date": book.date.isoformat(), "ageDays": book.age_days(today)}
        print_json({"item": item, "currency": book.currency, "priceBook": age, "prices": rows})
        return
    console = Console(highlight=False, width=WIDTH)
    console.print(_table(item, rows, book.currency))
    console.print(Text(f"Price book of {book.date}, {book.age_days(today)} days old", style="dim"))


def _machine_rows(book: Book, name: str) -> list[dict[str, Any]]:
    machine = book.machine(name)
    includes = [f"{machine.vcpu:f} vCPU", f"{machine.gib:f} GiB"]
    includes += [f"{machine.gpus:f} {machine.gpu}"] if machine.gpu else []
    includes += [f"{machine.local_ssds} local SSD"] if machine.local_ssds else []
    rows = []
    for region in book.regions:
        row: dict[str, Any] = {"region": region, "unit": "hour", "includes": includes}
        try:
            amounts = {Purchase.ON_DEMAND: book.machine_price(name, region, Purchase.ON_DEMAND)}
        except NoPriceError as error:
            rows.append({**row, "absent": str(error)})
            continue
        for purchase in Purchase:
            try:
                amounts[purchase] = book.machine_price(name, region, purchase)
            except NoPriceError:
                continue
        # A machine's price is as well confirmed as that of the part with the fewest sources.
        sources = min((book.entry(part).sources(region) for part in machine.parts), key=len)
        rows.append({**row, **_row(amounts, sources), "date": book.machine_date(name).isoformat()})
    return rows


def _item_rows(book: Book, name: str) -> list[dict[str, Any]]:
    if name not in book.entries:
        raise UserError(
            f"the price book has no {name}",
            suggest(name, [*book.machines, *book.entries], "name a machine type or a key of the price book"),
        )
    entry = book.entry(name)
    includes = [f"{number:f} {unit}" for unit, number in entry.includes.items()] + ([entry.note] if entry.note else [])
    rows = []
    for region, price in entry.prices.items():
        row: dict[str, Any] = {"region": region, "unit": entry.unit, "includes": includes}
        if isinstance(price, str):
            rows.append({**row, "absent": price})
            continue
        amounts = {Purchase.ON_DEMAND: price.amount, **price.discounted}
        shown = {**row, **_row(amounts, entry.sources(region)), "date": entry.date.isoformat()}
        rows.append({**shown, "disputed": True} if price.disputed else shown)
    return rows


def _row(amounts: dict[Purchase, Decimal], sources: tuple[str, ...]) -> dict[str, Any]:
    return {"prices": {option.value: f"{amount:f}" for option, amount in amounts.items()}, "sources": list(sources)}


def _table(item: str, rows: list[dict[str, Any]], currency: str) -> Table:
    options = [option.value for option in Purchase if any(option.value in row.get("prices", {}) for row in rows)]
    table = Table(
        "region", *options, f"{currency} per", "sources", title=item, title_justify="left", title_style="bold",
        box=None, pad_edge=False, header_style="bold",
    )  # fmt: skip
    for row in rows:
        if "absent" in row:
            table.add_row(row["region"], *["-"] * len(options), row["unit"], Text(row["absent"], style="yellow"))
            continue
        disputed = " (disputed)" if row.get("disputed") else ""
        amounts = [row["prices"].get(option, "-") for option in options]
        table.add_row(row["region"], *amounts, row["unit"], f"{', '.join(row['sources'])}{disputed}")
    if rows and rows[0]["includes"]:
        table.caption = f"includes {', '.join(rows[0]['includes'])}"
        table.caption_justify = "left"
    return table


@prices.command()
@click.option("--from", "origins", multiple=True, metavar="FILE|URL", help="Price file to read; repeatable.")
@click.option(
    "--catalog", "use_catalog", is_flag=True, help="Read Google's Cloud Billing Catalog with your credentials."
)
@click.option("--catalog-url", metavar="URL", default=catalog.URL, show_default=True, help="Address of the catalog.")
@click.option("--check", is_flag=True, help="Show the changes without writing the book.")
@book_option
def refresh(*, origins: tuple[str, ...], use_catalog: bool, catalog_url: str, check: bool, path: Path) -> None:
    """Update the price book from files or Google's catalog.

    Prints every changed price. Nothing is written if the new book would be invalid.

    Known files: pricing.yml and machinetyperegion.csv of gcosts; saved pages of the Cloud Billing Catalog; and, only to
    cross-check prices, vms.csv of SkyPilot and Google's page of machine types.
    """
    if not origins and not use_catalog:
        raise UserError("no source of prices", "name files or URLs with --from, or use --catalog")
    today = dt.datetime.now(dt.UTC).date()
    with busy("reading prices"):
        outcome = run.refresh(
            path, list(origins), ask=catalog_url if use_catalog else None, today=today, write=not check
        )
    for difference in outcome.differences:
        click.echo(difference.text())
    for discrepancy in outcome.discrepancies:
        click.echo(f"discrepancy: {discrepancy}", err=True)
    changed = "prices would change" if check else "prices changed"
    click.echo(f"{path}: {len(outcome.differences)} {changed}, {len(outcome.discrepancies)} discrepancies")
