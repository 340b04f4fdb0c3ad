"""The price book: typed, dated, and read only as a whole; what cannot be true is refused before it prices anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from groundwork.cost import book_checks, fields, machines
from groundwork.cost.book_checks import ELSEWHERE, GLOBAL
from groundwork.cost.machines import Machine
from groundwork.cost.purchase import DISCOUNTED, Purchase

FILE: Final = Path(__file__).with_name("prices.yaml")
MACHINES: Final = "machines.yaml"  # beside the book
DIGITS: Final = Decimal("0.000000000001")  # a month of a thousand machines is exact to the cent with fewer


class NoPriceError(LookupError):
    """The book has no such price; the message says why, in words for the list of what is not priced."""


@dataclass(frozen=True)
class Price:
    """US dollars for one unit of an item in one region: on demand, and by the other ways to buy that it has."""

    amount: Decimal
    discounted: Mapping[Purchase, Decimal] = field(default_factory=dict)
    agreeing: tuple[str, ...] = ()  # other sources with the same figure, within `checks.TOLERANCE`
    disputed: bool = False

    def by(self, purchase: Purchase) -> Decimal | None:
        """The price of a way to buy; None where the book does not know it."""
        return self.amount if purchase is Purchase.ON_DEMAND else self.discounted.get(purchase)


@dataclass(frozen=True)
class Entry:
    """An item of the book. `prices` has a reason in words where a region has no price.

    `includes` is what the price of one unit already holds: GiB of memory with each vCPU, a host with each GPU.
    """

    unit: str
    source: str
    date: dt.date
    prices: Mapping[str, Price | str]
    includes: Mapping[str, Decimal] = field(default_factory=dict)
    note: str = ""

    def sources(self, region: str) -> tuple[str, ...]:
        """The sources that have this price, our own first."""
        found = self.prices.get(region)
        return tuple(dict.fromkeys((self.source, *(found.agreeing if isinstance(found, Price) else ()))))


@dataclass(frozen=True)
class Book:
    """All prices, in `currency`, as they were on `date`; `hours_per_month` turns hourly prices into monthly ones."""

    date: dt.date
    currency: str
    hours_per_month: int
    entries: Mapping[str, Entry]
    machines: Mapping[str, Machine] = field(default_factory=dict)
    regions: tuple[str, ...] = ()

    def entry(self, item: str) -> Entry:
        """An item; raises `NoPriceError` where the book has none of that name."""
        if item not in self.entries:
            raise NoPriceError(f"the price book has no {item}")
        return self.entries[item]

    def found(self, item: str, region: str) -> Price:
        """All that the book says of an item in a region; raises `NoPriceError` where that is no price."""
        prices = self.entry(item).prices
        found = prices.get(GLOBAL) or prices.get(region) or "the price book does not cover this region"
        if isinstance(found, str):
            raise NoPriceError(f"{item} in {region}: {found}")
        return found

    def price(self, item: str, region: str, purchase: Purchase = Purchase.ON_DEMAND) -> Decimal:
        """The price of one unit of an item; raises `NoPriceError` where the book has none."""
        found = self.found(item, region).by(purchase)
        if found is None:
            raise NoPriceError(f"{item} in {region}: the price book has no {purchase} price")
        return found

    def machine(self, name: str) -> Machine:
        """A machine type; raises `NoPriceError` where the book has none of that name."""
        if name not in self.machines:
            raise NoPriceError(f"the price book has no {name}")
        return self.machines[name]

    def machine_price(self, name: str, region: str, purchase: Purchase = Purchase.ON_DEMAND) -> Decimal:
        """The price of an hour of a machine with all that it brings; raises `NoPriceError` where a part has none."""
        machine = self.machine(name)
        if region not in self.regions:
            raise NoPriceError(f"{name} in {region}: the price book does not cover this region")
        if region not in machine.regions:
            raise NoPriceError(f"{name} in {region}: this machine is not offered in this region")
        total = Decimal()
        for item, count in machine.parts.items():
            price = self.price(item, region, purchase)
            total += count * (price / self.hours_per_month if self.entry(item).unit == "gib-month" else price)
        return total.quantize(DIGITS).normalize()

    def machine_date(self, name: str) -> dt.date:
        """The date of the oldest figure in a machine's price."""
        return min(self.entry(item).date for item in self.machine(name).parts)

    def age_days(self, today: dt.date) -> int:
        """How many days old the prices are."""
        return (today - self.date).days


def load(path: Path = FILE) -> Book:
    """The book in a file, with the machine types in the file `machines.yaml` beside it, where there is one.

    Raises `groundwork.errors.UserError` with the file, the key path and what is wrong there: what cannot be read, and
    everything that `checks` knows to be untrue.
    """
    document = fields.read(path)
    shapes = path.with_name(MACHINES)
    return parse(document, fields.read(shapes) if shapes.is_file() else None)


def parse(document: fields.Field, shapes: fields.Field | None = None) -> Book:
    """The book in a document that has been read; raises as `load` does."""
    book_checks.check(document)
    entries = {name: _entry(entry) for name, entry in document["entries"].items()}
    regions = tuple(document["regions"].texts())
    found = {} if shapes is None else machines.read(shapes, regions)
    book = Book(
        date=document["date"].date(),
        currency=document["currency"].text(),
        hours_per_month=document["hours_per_month"].count(),
        entries=entries,
        machines=found,
        regions=regions,
    )
    if shapes is not None:
        _whole(book, document, shapes)
    return book


def _entry(entry: fields.Field) -> Entry:
    prices = {region: _price(price) for region, price in entry["prices"].items() if region != ELSEWHERE}
    if ELSEWHERE in entry["prices"]:
        why = entry["prices"][ELSEWHERE]["absent"].text()
        prices = {**dict.fromkeys(book_checks.places(entry), why), **prices}
    return Entry(
        unit=entry["unit"].text(),
        source=entry["source"].text(),
        date=entry["date"].date(),
        prices=prices,
        includes={name: number.number() for name, number in entry["includes"].items()} if "includes" in entry else {},
        note=entry["note"].text() if "note" in entry else "",
    )


def _price(price: fields.Field) -> Price | str:
    if "absent" in price:
        return price["absent"].text()
    second = (price["second"]["source"].text(),) if "second" in price and "disputed" not in price else ()
    return Price(
        price["price"].amount(),
        {way: price[way].amount() for way in DISCOUNTED if way in price},
        agreeing=(*second, *(price["agreed"].texts() if "agreed" in price else ())),
        disputed="disputed" in price,
    )


def _whole(book: Book, document: fields.Field, shapes: fields.Field) -> None:
    """Refuse a machine of which only a part has a price: its estimate would be too low, and nobody would see it."""
    for name, machine in book.machines.items():
        for item in machine.parts:
            if item not in book.entries:
                raise shapes["machines"][name].wrong(f"its part {item} is in no entry of the price book")
        _included(book, shapes["machines"][name], machine)
        for region in sorted(machine.regions):
            _same_ways(book, document, machine, region)


def _included(book: Book, place: fields.Field, machine: Machine) -> None:
    """Refuse a machine whose vCPUs or memory nothing counts, or two parts count."""
    for unit, has in (("vcpu", machine.vcpu), ("gib", machine.gib)):
        counted = sum(
            (
                count * (book.entry(item).includes.get(unit, Decimal()) + (book.entry(item).unit == f"{unit}-hour"))
                for item, count in machine.parts.items()
            ),
            Decimal(),
        )
        if counted != has:
            raise place.wrong(f"it has {has:f} {unit}, and its parts' prices are for {counted:f}")


def _same_ways(book: Book, document: fields.Field, machine: Machine, region: str) -> None:
    """Refuse a region in which a part of a host can be bought in a way that another part has no price for.

    A GPU may lack a price where its host has one; memory may not where vCPUs have one.
    """
    prices = {item: book.entry(item).prices.get(region) for item in machine.parts}
    host = {item: found for item, found in prices.items() if book.entry(item).unit in ("vcpu-hour", "gib-hour")}
    for way in Purchase:
        has = [item for item, found in host.items() if isinstance(found, Price) and found.by(way) is not None]
        lacks = [item for item in host if item not in has]
        if has and lacks:
            raise document["entries"][lacks[0]]["prices"].wrong(
                f"{region} has no {way} price, and {has[0]} has one",
                f"the price of {machine.name} would lack a part of it",
            )
