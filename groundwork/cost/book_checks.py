"""What a price book must not say. Each refusal stands for data that public sources have really published.

Observed there: on-demand rows of A100, H100 and H200 below their own spot rows and below half of other regions' (a
discounted way of buying, picked up by a wrong match), 700.0 in place of a missing TPU price, 0.0 for machines whose
price stands elsewhere, and pages with invented tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from groundwork.cost.fields import Field
from groundwork.cost.purchase import DISCOUNTED, Purchase

VERSION: Final = 2
CURRENCY: Final = "USD"
GLOBAL: Final = "global"  # the region of a price that is the same everywhere
ELSEWHERE: Final = "elsewhere"  # all places that an entry does not name; they have a reason and no price
PLACES: Final = ("regions", "dual-regions", "multi-regions")  # lists of the book; an entry is `in` one of them
MONTH_HOURS: Final = 730  # 365 * 24 / 12, as Google's calculator has it

# More than one unit of anything in the book can cost, in dollars: a number above is a marker for "no price".
MOST: Final[Mapping[str, Decimal]] = {
    "hour": Decimal(100),
    "cluster-hour": Decimal(1),
    "vcpu-hour": Decimal(1),
    "gib-hour": Decimal(1),
    "gpu-hour": Decimal(30),
    "address-hour": Decimal(1),
    "vm-hour": Decimal(1),
    "tunnel-hour": Decimal(1),
    "gib-month": Decimal(1),
    "iops-month": Decimal(1),
    "mibps-month": Decimal(1),
    "version-month": Decimal(10),
    "zone-month": Decimal(10),
    "namespace-month": Decimal(100),
    "gib": Decimal(1),
    "mib": Decimal(1),
    "tib": Decimal(100),
    "1000-operations": Decimal(1),
    "10000-operations": Decimal(1),
    "million-queries": Decimal(10),
    "million-samples": Decimal(1),
}
TOLERANCE: Final = Decimal("0.01")  # as a part of our own figure; honest readings of one price differ by 0.005
REGIONS_DIFFER: Final = Decimal("2.2")  # archived bytes do by 2.09; rows of another way to buy by 2.3 and more


def check(book: Field) -> None:
    """Raise `UserError` for the first thing that cannot be true."""
    book.only("version", "date", "currency", "hours_per_month", *PLACES, "sources", "entries")
    if book["version"].count() != VERSION:
        raise book["version"].wrong(f"version {book['version'].value} is unknown", f"this tool reads {VERSION}")
    if book["currency"].text() != CURRENCY:
        raise book["currency"].wrong(f"{book['currency'].value} is not {CURRENCY}", "prices are never converted")
    if book["hours_per_month"].count() != MONTH_HOURS:
        raise book["hours_per_month"].wrong(f"a month has {MONTH_HOURS} hours", "Google's own figure")
    for source in book["sources"].values():
        _source(source)
    for place in PLACES:
        if place in book and not book[place].texts():
            raise book[place].wrong("expected a list of regions")
    if not book["entries"].map():
        raise book["entries"].wrong("there is no price")
    for entry in book["entries"].values():
        _entry(book, entry)


def places(entry: Field) -> list[str]:
    """Where an entry has to have a price or a reason."""
    where = entry["in"].text() if "in" in entry else PLACES[0]
    if where not in PLACES:
        raise entry["in"].wrong(f"unknown kind of place {where}", f"known: {', '.join(PLACES)}")
    return entry.root()[where].texts()


def _source(source: Field) -> None:
    """Figures are taken only from sources whose licence allows it."""
    source.only("what", "from", "date", "licence")
    source["date"].date()
    for key in ("what", "from", "licence"):
        source[key].text()


def _entry(book: Field, entry: Field) -> None:
    entry.only("unit", "source", "date", "includes", "in", "note", "prices")
    if entry["unit"].text() not in MOST:
        raise entry["unit"].wrong(f"unknown unit {entry['unit'].value}", f"known: {', '.join(MOST)}")
    _known(book, entry["source"])
    if entry["date"].date() > book["date"].date():
        raise entry["date"].wrong(f"{entry['date'].value} is later than the book's own date {book['date'].value}")
    priced = {place: price for place, price in _prices(entry) if not _absent(price)}
    amounts = {place: _price(book, entry, price) for place, price in priced.items()}
    # Commitments and queues are not offered everywhere; spot is wherever the machine is.
    lacks = [place for place, price in priced.items() if Purchase.SPOT not in price]
    if lacks and len(lacks) < len(priced):
        raise priced[lacks[0]].wrong("there is no spot price, and other places have one")
    if amounts and max(amounts.values()) > REGIONS_DIFFER * min(amounts.values()):
        dear, cheap = max(amounts, key=amounts.__getitem__), min(amounts, key=amounts.__getitem__)
        raise entry["prices"][cheap].wrong(f"{amounts[cheap]} is less than half of {amounts[dear]} in {dear}")


def _prices(entry: Field) -> Iterator[tuple[str, Field]]:
    """The prices of an entry by place. One for all places, or each place of the book, or a word on the others."""
    prices = entry["prices"]
    wanted = [GLOBAL] if GLOBAL in prices else places(entry)
    prices.only(*wanted, *(() if GLOBAL in prices else (ELSEWHERE,)))
    for place in wanted:
        if place in prices:
            yield place, prices[place]
        elif ELSEWHERE not in prices:
            raise prices.wrong(f"{place} is missing", "give its price, or say why there is none: absent")
    if ELSEWHERE in prices and not _absent(prices[ELSEWHERE]):
        raise prices[ELSEWHERE].wrong("a price belongs to a place", "elsewhere takes a reason: absent")


def _known(book: Field, source: Field) -> None:
    if source.text() not in book["sources"]:
        raise source.wrong(f"unknown source {source.value}", f"known: {', '.join(book['sources'].map())}")


def _absent(price: Field) -> bool:
    """Whether a region has a reason in place of a price."""
    if "absent" not in price:
        return False
    price.only("absent")
    price["absent"].text()
    return True


def _price(book: Field, entry: Field, price: Field) -> Decimal:
    """The price on demand, in a region that has one."""
    price.only("price", *DISCOUNTED, "second", "agreed", "disputed")
    amount = _amount(price["price"], entry["unit"].text())
    for way in DISCOUNTED:
        if way in price and _amount(price[way], entry["unit"].text()) > amount:
            raise price[way].wrong(f"{way} {price[way].value} is above {amount} on demand", "one of the two is wrong")
    year, years = Purchase.COMMITTED_1Y, Purchase.COMMITTED_3Y
    if year in price and years in price and price[years].amount() > price[year].amount():
        raise price[years].wrong(f"three years at {price[years].value} are dearer than one at {price[year].value}")
    for name in price["agreed"].texts() if "agreed" in price else ():
        if name not in book["sources"] or name == entry["source"].text():
            raise price["agreed"].wrong(f"{name} is no other source", f"known: {', '.join(book['sources'].map())}")
    disagree = "second" in price and _disagree(book, entry, amount, price["second"])
    marked = "disputed" in price
    if marked and price["disputed"].value is not True:
        raise price["disputed"].wrong("expected true", "leave it out where the sources agree")
    if disagree and not marked:
        raise price["second"].wrong(
            f"{price['second']['price'].value} and {amount} differ by more than a hundredth",
            "find out who is right, or mark the price with disputed: true",
        )
    if marked and not disagree:
        raise price["disputed"].wrong("there is no second source that disagrees")
    return amount


def _amount(price: Field, unit: str) -> Decimal:
    amount = price.amount()
    if amount >= MOST[unit]:
        raise price.wrong(f"{amount} for one {unit} is a marker, not a price", "what has no price says so: absent")
    return amount


def _disagree(book: Field, entry: Field, amount: Decimal, second: Field) -> bool:
    """Whether another source's reading is too far from ours. It may be by the hour where ours is by the month."""
    second.only("source", "unit", "price")
    _known(book, second["source"])
    reading = second["price"].amount()
    unit = entry["unit"].text()
    theirs = second["unit"].text() if "unit" in second else unit
    if theirs != unit:
        if (theirs, unit) != ("gib-hour", "gib-month"):
            raise second["unit"].wrong(f"{theirs} cannot be compared with {unit}")
        reading *= book["hours_per_month"].count()
    return abs(reading - amount) > TOLERANCE * amount
