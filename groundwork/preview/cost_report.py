"""The cost of a change in words and in tables, for a terminal and for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from rich.text import Text

from groundwork.cost.change import Comparison, CostChange, percent

SHOWN = 8  # rows of a table; the rest is in the JSON


def money(amount: Decimal) -> str:
    """An amount with thousands apart."""
    return f"{amount:,}"


def signed(amount: Decimal) -> str:
    """A difference with its sign."""
    return f"{amount:+,}"


def span(low: Decimal, high: Decimal) -> str:
    """A range, or one figure where both ends are the same."""
    return money(low) if low == high else f"{money(low)} to {money(high)}"


def difference(change: CostChange) -> str:
    """What a change costs more or less, in money and in percent of what it was."""
    high = f"{signed(change.high)}{_part(change.before.high, change.after.high)}"
    if change.low == change.high:
        return high
    low = f"{signed(change.low)}{_part(change.before.low, change.after.low)}" if change.low else "the same"
    return f"{high} at the most, {low} at the least"


def _part(before: Decimal, after: Decimal) -> str:
    found = percent(before, after)
    return "" if found is None else f" ({found:+}%)"


def headline(comparison: Comparison) -> str:
    """One line: what a month costs, and by how much that changes."""
    total = comparison.total
    currency = comparison.after.book.currency
    after = f"{span(total.after.low, total.after.high)} {currency} a month"
    if comparison.before is None:
        return after
    if not total and not any(comparison.by_resource().values()):
        return f"{after}, unchanged"
    return f"{after}, was {span(total.before.low, total.before.high)}: {difference(total)}"


def notes(comparison: Comparison) -> str:
    """What the figures leave out, and how old they are."""
    left_out = len(comparison.after.unpriced)
    return (
        f"low: every pool at its least nodes; high: at its most; {left_out} things are not priced, "
        f"`groundwork cost` lists them; prices of {comparison.after.book.date}"
    )


def text(comparison: Comparison) -> Iterator[Text]:
    """Lines for a terminal."""
    yield Text.assemble(("Cost     ", "bold"), headline(comparison))
    if comparison.before is not None:
        for title, changes in (("team", comparison.by_team()), ("component", comparison.by_component())):
            for name, change in changed(changes):
                style = "red" if change.high > 0 or (not change.high and change.low > 0) else "green"
                yield Text.assemble(f"  {title} ", (name, "bold"), "  ", (difference(change), style))
        for name, why in unpriced(comparison).items():
            yield Text.assemble("  not priced ", (name, "bold"), "  ", (why, "yellow"))
    yield Text(f"  {notes(comparison)}", style="dim")


def markdown(comparison: Comparison) -> list[str]:
    """The lines of a comment: the sum first, then teams and components that change, the rest folded away."""
    lines = [f"💰 **Cost: {headline(comparison)}**", ""]
    if comparison.before is None:
        sums = {name: change for name, change in comparison.by_team().items() if change.after.high}
        lines += _table("team", "a month", {name: span(one.after.low, one.after.high) for name, one in sums.items()})
    else:
        teams, components = (
            {name: difference(change) for name, change in changed(changes)}
            for changes in (comparison.by_team(), comparison.by_component())
        )
        lines += _table("team", "change a month", teams)
        if components:
            lines += ["<details><summary>Cost by component</summary>", ""]
            lines += [*_table("component", "change a month", components), "</details>", ""]
        lines += _table("not priced in what changes", "why", unpriced(comparison))
    return [*lines, f"<sub>{notes(comparison)}</sub>", ""]


def changed(changes: Mapping[str, CostChange]) -> list[tuple[str, CostChange]]:
    """The changes that are some, the largest first."""
    found = [(name, change) for name, change in changes.items() if change]
    return sorted(found, key=lambda entry: (-abs(entry[1].high), -abs(entry[1].low), entry[0]))[:SHOWN]


def unpriced(comparison: Comparison) -> dict[str, str]:
    """What has no price and had one before, or is new: reasons by name. A sum that falls for that is no saving."""
    found: dict[str, str] = {}
    for urn, why in comparison.newly_unpriced():
        name = urn.rpartition("::")[2]
        found[name] = f"{found[name]}; {why}" if name in found else why
    shown = dict(list(found.items())[:SHOWN])
    return shown if len(shown) == len(found) else {**shown, "and others": f"{len(found) - SHOWN} more"}


def _table(first: str, second: str, rows: Mapping[str, str]) -> list[str]:
    if not rows:
        return []
    return [f"| {first} | {second} |", "|---|---|", *(f"| `{name}` | {what} |" for name, what in rows.items()), ""]
