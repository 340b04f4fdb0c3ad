"""The price book: typed and dated list prices. A book with a value that cannot be true is refused as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from groundwork import documents
from groundwork.cost import book_checks, machines
from groundwork.cost.book_checks import ELSEWHERE, GLOBAL, CheckedEntry
from groundwork.cost.book_models import AbsentModel, PriceModel
from groundwork.cost.machines import Machine
from groundwork.cost.purchase import Purchase
from groundwork.documents import Document, Problems

FILE: Final = Path(__file__).with_name("prices.yaml")
MACHINES: Final = "machines.yaml"  # in the folder of the book
GPU_MACHINES: Final = "gpu_machines.yaml"  # the same
DIGITS: Final = Decimal("0.000000000001")  # a month of a thousand machines is exact to the cent with fewer


class NoPriceError(LookupError):
    """The book has no such price; the message gives the reason, for the list of costs that are not included."""


@dataclass(frozen=True)
class Price:
    """US dollars for one unit of an item in one region: on demand, and by the other purchase options that it has."""

    amount: Decimal
    discounted: Mapping[Purchase, Decimal] = field(default_factory=dict)
    agreeing: tuple[str, ...] = ()  # other sources with the same figure, within `book_checks.TOLERANCE`
    disputed: bool = False

    def by(self, purchase: Purchase) -> Decimal | None:
        """The price of a purchase option; None where the book does not have it."""
        return self.amount if purchase is Purchase.ON_DEMAND else self.discounted.get(purchase)


@dataclass(frozen=True)
class PriceEntry:
    """An item of the book. `prices` has a reason where a region has no price.

    `includes` is what the price of one unit covers: GiB of memory with each vCPU, a host with each GPU.
    """

    unit: str
    source: str
    date: dt.date
    prices: Mapping[str, Price | str]
    includes: Mapping[str, Decimal] = field(default_factory=dict)
    note: str = ""

    def sources(self, region: str) -> tuple[str, ...]:
        """The sources of the price in a region, the entry's own first."""
        price = self.prices.get(region)
        return tuple(dict.fromkeys((self.source, *(price.agreeing if isinstance(price, Price) else ()))))


@dataclass(frozen=True)
class Book:
    """All prices, in `currency`, as they were on `date`; `hours_per_month` turns hourly prices into monthly ones."""

    date: dt.date
    currency: str
    hours_per_month: int
    entries: Mapping[str, PriceEntry]
    machines: Mapping[str, Machine] = field(default_factory=dict)
    unpriced_machines: Mapping[str, Machine] = field(default_factory=dict)  # of which only the sizes are known
    regions: tuple[str, ...] = ()

    def entry(self, item: str) -> PriceEntry:
        """An item; raises `NoPriceError` where the book has none of that name."""
        if item not in self.entries:
            raise NoPriceError(f"the price book has no {item}")
        return self.entries[item]

    def price(self, item: str, region: str, purchase: Purchase = Purchase.ON_DEMAND) -> Decimal:
        """The price of one unit of an item; raises `NoPriceError` where the book has none."""
        prices = self.entry(item).prices
        price = prices.get(GLOBAL) or prices.get(region) or "the price book does not cover this region"
        if isinstance(price, str):
            raise NoPriceError(f"{item} in {region}: {price}")
        if (amount := price.by(purchase)) is None:
            raise NoPriceError(f"{item} in {region}: the price book has no {purchase} price")
        return amount

    def machine(self, name: str) -> Machine:
        """A machine type with a price; raises `NoPriceError` where the book has none of that name."""
        if name not in self.machines:
            raise NoPriceError(f"the price book has no {name}")
        return self.machines[name]

    def sizes(self, name: str) -> Machine | None:
        """A machine type for its sizes, with or without a price; None where it is unknown."""
        return self.machines.get(name) or self.unpriced_machines.get(name)

    def machine_price(self, name: str, region: str, purchase: Purchase = Purchase.ON_DEMAND) -> Decimal:
        """The price of an hour of a machine with all its parts; raises `NoPriceError` where a part has none."""
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
    """The book in a file, with the machine types in the files `MACHINES` and `GPU_MACHINES` of its folder, if any.

    Raises `groundwork.errors.UserError` with everything that cannot be read or that `book_checks` refuses: the file,
    the line, the key path and what is wrong there.
    """
    return parse(documents.read(path), path.parent)


def parse(document: Document, folder: Path) -> Book:
    """The book in a document that was read, with the machine types in a folder; raises as `load` does."""
    model, checked = book_checks.read(document)
    entries = {name: _entry(entry, model.places(entry.entry.places)) for name, entry in checked.items()}
    files = [folder / MACHINES, folder / GPU_MACHINES]
    sizes = machines.read_gpus(documents.read(files[1])) if files[1].is_file() else {}
    listed = documents.read(files[0]) if files[0].is_file() else None
    priced = {} if listed is None else machines.read(listed, model.regions, sizes)
    book = Book(
        date=model.date,
        currency=model.currency,
        hours_per_month=model.hours_per_month,
        entries=entries,
        machines=priced,
        unpriced_machines={name: machine for name, machine in sizes.items() if name not in priced},
        regions=model.regions,
    )
    if listed is not None:
        _check_machines(book, document, listed)
    return book


def _entry(checked: CheckedEntry, places: tuple[str, ...]) -> PriceEntry:
    prices = {place: _price(price) for place, price in checked.prices.items() if place != ELSEWHERE}
    if isinstance(elsewhere := checked.prices.get(ELSEWHERE), AbsentModel):
        prices = {**dict.fromkeys(places, elsewhere.absent), **prices}
    entry = checked.entry
    return PriceEntry(entry.unit, entry.source, entry.date, prices, entry.includes, entry.note)


def _price(price: PriceModel | AbsentModel) -> Price | str:
    if isinstance(price, AbsentModel):
        return price.absent
    second = () if price.second is None or price.disputed else (price.second.source,)
    return Price(price.price, price.discounted, (*second, *price.agreed), price.disputed)


def _check_machines(book: Book, prices: Document, listed: Document) -> None:
    """Refuse a machine of which only a part has a price: its estimate would be too low without any sign of it."""
    in_machines, in_prices = Problems(listed), Problems(prices)
    hosts: dict[tuple[tuple[str, ...], str], str] = {}  # a machine by its parts and a region: one for its family
    for name, machine in book.machines.items():
        if unknown := [item for item in machine.parts if item not in book.entries]:
            for item in unknown:
                in_machines.add(("machines", name), f"its part {item} is not an entry of the price book")
            continue
        for message in _uncounted(book, machine):
            in_machines.add(("machines", name), message)
        for region in sorted(machine.regions):
            hosts.setdefault((tuple(machine.parts), region), name)
    for (parts, region), name in hosts.items():
        for item, message in _missing_options(book, parts, region):
            in_prices.add(("entries", item, "prices"), message, f"the price of {name} would lack a part of it")
    in_machines.finish(in_prices)


def _uncounted(book: Book, machine: Machine) -> Iterator[str]:
    """A machine whose vCPUs or memory no part counts, or two parts count."""
    for unit, has in (("vcpu", machine.vcpu), ("gib", machine.gib)):
        counted = sum(
            (
                count * (book.entry(item).includes.get(unit, Decimal()) + (book.entry(item).unit == f"{unit}-hour"))
                for item, count in machine.parts.items()
            ),
            Decimal(),
        )
        if counted != has:
            yield f"it has {has:f} {unit}, and its parts' prices are for {counted:f}"


def _missing_options(book: Book, parts: tuple[str, ...], region: str) -> Iterator[tuple[str, str]]:
    """Parts of a host without a price of a purchase option that another part has in the region.

    A GPU may lack a price where its host has one; memory may not where vCPUs have one.
    """
    prices = {item: book.entry(item).prices.get(region) for item in parts}
    host = {item: price for item, price in prices.items() if book.entry(item).unit in ("vcpu-hour", "gib-hour")}
    for purchase in Purchase:
        having = [item for item, price in host.items() if isinstance(price, Price) and price.by(purchase) is not None]
        for item in host if having else ():
            if item not in having:
                yield item, f"{region} has no {purchase} price, and {having[0]} has one"
