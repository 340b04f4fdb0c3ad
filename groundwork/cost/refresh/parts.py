"""From prices of whole machines to prices of their parts.

Each machine is an equation: so many vCPUs, GiB and GPUs cost so much. A family whose sizes differ in nothing but
size leaves some parts together, which is why the book's families name the parts that can be told apart. What is solved
from some machines is held against all others: a price that does not follow from its parts is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from groundwork.cost.machines import Machine
from groundwork.cost.purchase import Purchase
from groundwork.cost.refresh.parsed_prices import ByRegion, Reading

HOURS: Final = 730
MONTHLY: Final = "local-ssd"  # parts by this name are billed by the GiB and month, all others by the hour
DIGITS: Final = Decimal("0.000000001")
NOISE: Final = Fraction(1, 10**7)  # what rounding in a source may leave over
OFF: Final = Fraction(1, 200)  # more than this, as a part of the price, and a machine contradicts its parts

Row = dict[str, Fraction]  # coefficients by item; the price under PRICE
PRICE: Final = ""


def solve(
    reading: Reading, machines: Iterable[Machine], regions: Iterable[str]
) -> tuple[dict[str, ByRegion], list[str]]:
    """Prices of items by region and way to buy, and a line for each machine whose price contradicts them."""
    found: defaultdict[str, defaultdict[str, dict[Purchase, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    wrong: list[str] = []
    listed = list(machines)
    for region in regions:
        for way in Purchase:
            rows = _rows(reading, listed, region, way)
            solution = _solved([row for _, row in rows])
            for item, amount in solution.items():
                found[item][region][way] = _rounded(amount)
            wrong.extend(
                f"{machine.name} in {region}, {way}: {float(row[PRICE]):.6f} is not the sum of its parts"
                for machine, row in rows
                if _contradicts(row, solution)
            )
    return {item: dict(places) for item, places in found.items()}, wrong


def _rows(reading: Reading, machines: list[Machine], region: str, way: Purchase) -> list[tuple[Machine, Row]]:
    """An equation for each machine that is offered there and has such a price, without the parts that are known."""
    rows = []
    for machine in machines:
        amounts = reading.machines.get(machine.name, {}).get(region, {})
        if region not in machine.regions or way not in amounts:
            continue
        row: Row = {PRICE: Fraction(amounts[way])}
        for item, count in machine.parts.items():
            known = reading.items.get(item, {}).get(region, {}).get(way)
            each = Fraction(count) / (HOURS if item.startswith(MONTHLY) else 1)
            if known is None:
                row[item] = each
            elif not reading.bare:
                row[PRICE] -= each * Fraction(known)
        rows.append((machine, row))
    return rows


def _solved(rows: list[Row]) -> dict[str, Fraction]:
    """The items that the equations determine: elimination, with the smallest machines first."""
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
    return abs(total - row[PRICE]) > OFF * abs(row[PRICE])


def _rounded(amount: Fraction) -> Decimal:
    """Nine decimals: one more than the finest list price has."""
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(DIGITS).normalize()
