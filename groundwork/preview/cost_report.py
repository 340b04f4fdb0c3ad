"""The cost section of a preview, for a terminal and for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from rich.text import Text

from groundwork.cost.change import Comparison, CostChange, percent

ROWS_SHOWN = 8  # of a table; the JSON has all


def money(amount: Decimal) -> str:
    """An amount with thousands separators."""
    return f"{amount:,}"


def signed(amount: Decimal) -> str:
    """A difference with its sign."""
    return f"{amount:+,}"


def span(low: Decimal, high: Decimal) -> str:
    """A range, or one figure where both ends are equal."""
    return money(low) if low == high else f"{money(low)} to {money(high)}"


def difference(change: CostChange) -> str:
    """The difference in money and in percent of the amount before, at both ends of the range."""
    high = f"{signed(change.high)}{_percentage(change.before.high, change.after.high)}"
    if change.low == change.high:
        return high
    low = f"{signed(change.low)}{_percentage(change.before.low, change.after.low)}" if change.low else "unchanged"
    return f"{high} at the high end, {low} at the low end"


def _percentage(before: Decimal, after: Decimal) -> str:
    value = percent(before, after)
    return "" if value is None else f" ({value:+}%)"


def headline(comparison: Comparison) -> str:
    """One line with the monthly cost and its change."""
    total = comparison.total
    currency = comparison.after.book.currency
    after = f"{span(total.after.low, total.after.high)} {currency} a month"
    if comparison.before is None:
        return after
    if not total and not any(comparison.by_resource().values()):
        return f"{after}, unchanged"
    return f"{after}, was {span(total.before.low, total.before.high)}: {difference(total)}"


def notes(comparison: Comparison) -> str:
    """The meaning of the range, the number of unpriced resources, and the age of the prices."""
    unpriced_resources = len({item.urn for item in comparison.after.unpriced})
    return (
        "low: all pools at minimum size; high: all pools at maximum size; "
        f"{unpriced_resources} resource{'' if unpriced_resources == 1 else 's'} not fully priced "
        "(listed by `groundwork cost`); "
        f"prices of {comparison.after.book.date}"
    )


def text(comparison: Comparison) -> Iterator[Text]:
    """The lines for a terminal."""
    yield Text.assemble(("Cost     ", "bold"), headline(comparison))
    if comparison.before is not None:
        for title, changes in (("team", comparison.by_team()), ("component", comparison.by_component())):
            for name, change in largest_changes(changes):
                style = "red" if change.high > 0 or (not change.high and change.low > 0) else "green"
                yield Text.assemble(f"  {title} ", (name, "bold"), "  ", (difference(change), style))
        for name, why in newly_unpriced(comparison).items():
            yield Text.assemble("  not priced ", (name, "bold"), "  ", (why, "yellow"))
    yield Text(f"  {notes(comparison)}", style="dim")


def markdown(comparison: Comparison) -> list[str]:
    """The lines for a comment: the total, then the teams that change, and the components folded."""
    lines = [f"💰 **Cost: {headline(comparison)}**", ""]
    if comparison.before is None:
        teams = {name: change.after for name, change in comparison.by_team().items() if change.after.high}
        lines += _table("team", "cost per month", {name: span(cost.low, cost.high) for name, cost in teams.items()})
    else:
        changed_teams, components = (
            {name: difference(change) for name, change in largest_changes(changes)}
            for changes in (comparison.by_team(), comparison.by_component())
        )
        lines += _table("team", "change per month", changed_teams)
        if components:
            lines += ["<details><summary>Cost by component</summary>", ""]
            lines += [*_table("component", "change per month", components), "</details>", ""]
        lines += _table("newly unpriced", "reason", newly_unpriced(comparison))
    return [*lines, f"<sub>{notes(comparison)}</sub>", ""]


def largest_changes(changes: Mapping[str, CostChange]) -> list[tuple[str, CostChange]]:
    """The largest of the changes that are not zero, by name."""
    nonzero = [(name, change) for name, change in changes.items() if change]
    return sorted(nonzero, key=lambda entry: (-abs(entry[1].high), -abs(entry[1].low), entry[0]))[:ROWS_SHOWN]


def newly_unpriced(comparison: Comparison) -> dict[str, str]:
    """Reasons by name of what is new or changed and has no price: a total that is lower for that is not a saving."""
    reasons: dict[str, str] = {}
    for urn, why in comparison.newly_unpriced():
        name = urn.rpartition("::")[2]
        reasons[name] = f"{reasons[name]}; {why}" if name in reasons else why
    shown = dict(list(reasons.items())[:ROWS_SHOWN])
    return shown if len(shown) == len(reasons) else {**shown, "and others": f"{len(reasons) - ROWS_SHOWN} more"}


def _table(first: str, second: str, rows: Mapping[str, str]) -> list[str]:
    if not rows:
        return []
    return [f"| {first} | {second} |", "|---|---|", *(f"| `{name}` | {text_} |" for name, text_ in rows.items()), ""]
