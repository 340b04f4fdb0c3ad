"""Report of an estimate for a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from groundwork.cost.estimate import Estimate, Range

OLD_DAYS: Final = 120  # spot prices have moved by a third in less


def show(estimate: Estimate, console: Console, today: dt.date) -> None:
    """Print totals, sums by team and by component, resources, excluded costs and the age of the prices."""
    console.print(
        Text.assemble(
            ("Cost of ", "bold"),
            (estimate.stack, "bold cyan"),
            f" · a month, list prices, {estimate.purchase}, no discount or tax",
        )
    )
    console.print()
    total = estimate.total
    console.print(
        Text.assemble(("Total  ", "bold"), f"{_money(total.low)} to {_money(total.high)} {_currency(estimate)}")
    )
    console.print(Text("Low: all pools at minimum size; high: at maximum size, all month.", style="dim"))
    for title, sums in (("team", estimate.by_team()), ("component", estimate.by_component())):
        console.print()
        console.print(_table(title, sums))
    console.print()
    console.print(_table("resource", {_name(resource.urn): resource.range for resource in estimate.resources}))
    if estimate.unpriced:
        console.print()
        console.print(Text(f"Not included ({len(estimate.unpriced)})", style="bold"))
        console.print(_unpriced(estimate))
    console.print()
    console.print(_age(estimate, today))


def _currency(estimate: Estimate) -> str:
    return estimate.book.currency


def _money(amount: Decimal) -> str:
    return f"{amount:,}"


def _table(title: str, sums: Mapping[str, Range]) -> Table:
    """A table of ranges, the most expensive first."""
    table = Table("by " + title, box=None, pad_edge=False, header_style="bold")
    table.add_column("low", justify="right")
    table.add_column("high", justify="right")
    for name, cost in sorted(sums.items(), key=lambda entry: (-entry[1].high, entry[0])):
        table.add_row(Text(name), _money(cost.low), _money(cost.high))
    return table


def _unpriced(estimate: Estimate) -> Text:
    """Reasons with their resources, one line for each reason, since many buckets share one."""
    names: dict[str, list[str]] = {}
    for entry in estimate.unpriced:
        names.setdefault(entry.why, []).append(_name(entry.urn))
    lines = [Text.assemble(f"  {why}: ", (", ".join(urns), "dim")) for why, urns in sorted(names.items())]
    return Text("\n").join(lines)


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _age(estimate: Estimate, today: dt.date) -> Text:
    book = estimate.book
    age = book.age_days(today)
    text = Text.assemble(("Prices ", "bold"), f"of {book.date}, {age} days old")
    dates = [item.date for resource in estimate.resources for item in resource.items]
    if dates and min(dates) < book.date:
        text.append(f"; the oldest price used here is of {min(dates)}")
    if age > OLD_DAYS:
        text.append(f"; older than {OLD_DAYS} days: update them with `groundwork prices refresh`", style="yellow")
    return text
