"""Prices of parts, computed from prices of machines.

Each machine is a linear equation: the sum of its vCPUs, GiB and GPUs, each times its price, is the machine's price.
Where the machines of a family are multiples of each other, some parts cannot be separated, which is why the book's
families name only parts that can. The solution of some machines is checked against all others: a price that is not the
sum of its parts is reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from groundwork.cost.machines import Machine
from groundwork.cost.purchase import Purchase
from groundwork.cost.refresh.parsed_prices import ByRegion, ParsedPrices

HOURS: Final = 730
MONTHLY: Final = "local-ssd"  # parts whose names begin so are billed by GiB and month, all others by the hour
DIGITS: Final = Decimal("0.000000001")
NOISE: Final = Fraction(1, 10**7)  # remainder that rounding in a source may leave
MAX_DIFFERENCE: Final = Fraction(1, 200)  # of a machine's price from the sum of its parts, relative to the price

Row = dict[str, Fraction]  # coefficients by item; the price under PRICE
PRICE: Final = ""


def solve(
    parsed: ParsedPrices, machines: Iterable[Machine], regions: Iterable[str]
) -> tuple[dict[str, ByRegion], list[str]]:
    """Prices of items by region and purchase option, and a line for each machine whose price contradicts them."""
    prices: defaultdict[str, defaultdict[str, dict[Purchase, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    wrong: list[str] = []
    listed = list(machines)
    for region in regions:
        for purchase in Purchase:
            rows = _rows(parsed, listed, region, purchase)
            solution = _solved([row for _, row in rows])
            for item, amount in solution.items():
                prices[item][region][purchase] = _rounded(amount)
            wrong.extend(
                f"{machine.name} in {region}, {purchase}: {float(row[PRICE]):.6f} is not the sum of its parts"
                for machine, row in rows
                if _contradicts(row, solution)
            )
    return {item: dict(places) for item, places in prices.items()}, wrong


def _rows(parsed: ParsedPrices, machines: list[Machine], region: str, purchase: Purchase) -> list[tuple[Machine, Row]]:
    """An equation for each machine that is offered in the region and has the price, without parts of known price."""
    rows = []
    for machine in machines:
        amounts = parsed.machines.get(machine.name, {}).get(region, {})
        if region not in machine.regions or purchase not in amounts:
            continue
        row: Row = {PRICE: Fraction(amounts[purchase])}
        for item, count in machine.parts.items():
            known = parsed.items.get(item, {}).get(region, {}).get(purchase)
            each = Fraction(count) / (HOURS if item.startswith(MONTHLY) else 1)
            if known is None:
                row[item] = each
            elif not parsed.bare:
                row[PRICE] -= each * Fraction(known)
        rows.append((machine, row))
    return rows


def _solved(rows: list[Row]) -> dict[str, Fraction]:
    """The items that the equations determine, by Gauss-Jordan elimination with the cheapest machines first."""
    pivots: dict[str, Row] = {}
    for original in sorted(rows, key=lambda row: abs(row[PRICE])):
        row = dict(original)
        for item, pivot in pivots.items():
            if item in row:
                _subtract(row, pivot, row[item])
        left = [item for item in row if item != PRICE]
        if not left:
            continue
        item = left[0]
        factor = row[item]
        row = {key: value / factor for key, value in row.items()}
        for other in pivots.values():
            if item in other:
                _subtract(other, row, other[item])
        pivots[item] = row
    return {item: row[PRICE] for item, row in pivots.items() if set(row) == {item, PRICE} and row[PRICE] > NOISE}


def _subtract(row: Row, pivot: Row, times: Fraction) -> None:
    for item, value in pivot.items():
        row[item] = row.get(item, Fraction()) - times * value
        if item != PRICE and not row[item]:
            del row[item]


def _contradicts(row: Row, solution: Mapping[str, Fraction]) -> bool:
    parts = [item for item in row if item != PRICE]
    if not all(item in solution for item in parts):
        return False
    total = sum((row[item] * solution[item] for item in parts), Fraction())
    return abs(total - row[PRICE]) > MAX_DIFFERENCE * abs(row[PRICE])


def _rounded(amount: Fraction) -> Decimal:
    """Nine decimals: one more than the finest list price has."""
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(DIGITS).normalize()
