"""Checks of a price book that need several of its values. Each refuses data that public sources have published.

Observed there: on-demand rows of A100, H100 and H200 below their own spot rows and below half of other regions' (a
discounted purchase option, picked up by a wrong match), 700.0 in place of a missing TPU price, 0.0 for machines whose
price is elsewhere, and pages with invented tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from groundwork.cost.book_models import MAX_PRICES, AbsentModel, BookModel, EntryModel, PriceModel, SecondModel, Source
from groundwork.documents import Document, Objection, Problems, suggest

GLOBAL: Final = "global"  # the region of a price that is the same everywhere
ELSEWHERE: Final = "elsewhere"  # all places that an entry does not name; they have a reason and no price
TOLERANCE: Final = Decimal("0.01")  # relative to the entry's figure; sources of one price differ by up to 0.005
MAX_REGION_RATIO: Final = Decimal("2.2")  # archived bytes: 2.09; rows of another purchase option: 2.3 or more


@dataclass(frozen=True)
class CheckedEntry:
    """An entry whose prices are valid, by place."""

    entry: EntryModel
    prices: Mapping[str, PriceModel | AbsentModel]


def read(document: Document) -> tuple[BookModel, dict[str, CheckedEntry]]:
    """The parts of a price book; raises `UserError` with everything that is wrong."""
    problems = Problems(document)
    book = problems.read(BookModel, document.value)
    # Where the header is wrong, sources and entries are still read: their own problems do not depend on it.
    value = document.value if isinstance(document.value, Mapping) else {}
    sources, entries = (part if isinstance(part := value.get(key), Mapping) else {} for key in ("sources", "entries"))
    for name, source in sources.items():
        problems.read(Source, source, ("sources", name))
    checked = {}
    for name, entry in entries.items():
        if (found := _entry(problems, entry, ("entries", name), book)) is not None:
            checked[name] = found
    problems.finish()
    assert book is not None  # noqa: S101 - there is a problem where there is no model
    return book, checked


def _entry(problems: Problems, value: object, place: tuple[str, ...], book: BookModel | None) -> CheckedEntry | None:
    entry = problems.read(EntryModel, value, place)
    prices: dict[str, PriceModel | AbsentModel] = {}
    listed = value.get("prices") if isinstance(value, Mapping) else None
    for region, price in listed.items() if isinstance(listed, Mapping) else ():
        absent = isinstance(price, Mapping) and "absent" in price
        model: type[PriceModel | AbsentModel] = AbsentModel if absent else PriceModel
        if (found := problems.read(model, price, (*place, "prices", region))) is not None:
            prices[region] = found
    if entry is None:
        return None
    problems.extend(place, _objections(entry, prices, book))
    return CheckedEntry(entry, prices)


def _objections(
    entry: EntryModel, prices: Mapping[str, PriceModel | AbsentModel], book: BookModel | None
) -> Iterator[Objection]:
    """What is wrong with an entry as a whole; `prices` are those that are valid alone."""
    given = {place: price for place, price in prices.items() if isinstance(price, PriceModel)}
    if given.pop(ELSEWHERE, None) is not None:
        yield Objection("a price belongs to a place", "elsewhere takes a reason: absent", ("prices", ELSEWHERE))
    markers = {place: list(_markers(entry.unit, price)) for place, price in given.items()}
    for place, objections in markers.items():
        yield from (Objection(marker.message, marker.hint, ("prices", place, *marker.place)) for marker in objections)
    amounts = {place: price for place, price in given.items() if not markers[place]}
    yield from _spot(amounts)
    yield from _ratio(amounts)
    if book is None:
        return
    yield from _places(entry, book.places(entry.places))
    if entry.date > book.date:
        yield Objection(f"{entry.date} is later than the book's own date {book.date}", place=("date",))
    if entry.source not in book.sources:
        yield _unknown_source(entry.source, book.sources, ("source",))
    for place, price in amounts.items():
        for objection in _sources(entry, price, book):
            yield Objection(objection.message, objection.hint, ("prices", place, *objection.place))


def _places(entry: EntryModel, places: Collection[str]) -> Iterator[Objection]:
    """An entry has one price for all places, or one for each, or a reason for the others."""
    known = [GLOBAL] if GLOBAL in entry.prices else [*places, ELSEWHERE]
    for place in entry.prices:
        if place not in known:
            yield Objection("unknown key", suggest(place, known), ("prices", place))
    if GLOBAL in entry.prices or ELSEWHERE in entry.prices:
        return
    for place in places:
        if place not in entry.prices:
            yield Objection(f"{place} is missing", "give its price, or the reason why it has none: absent", ("prices",))


def _markers(unit: str, price: PriceModel) -> Iterator[Objection]:
    """Amounts that no unit of this kind costs; they are compared with nothing."""
    for key, amount in (("price", price.price), *price.discounted.items()):
        if amount >= MAX_PRICES[unit]:
            yield Objection(
                f"{amount} for one {unit} is a marker, not a price",
                "where there is no price, give the reason: absent",
                (str(key),),
            )


def _spot(amounts: Mapping[str, PriceModel]) -> Iterator[Objection]:
    """Commitments and queues are not offered everywhere; spot is wherever the machine is."""
    lacking = [place for place, price in amounts.items() if price.spot is None]
    if len(lacking) < len(amounts):
        for place in lacking:
            yield Objection("there is no spot price, and other places have one", place=("prices", place))


def _ratio(amounts: Mapping[str, PriceModel]) -> Iterator[Objection]:
    if not amounts:
        return
    low = min(amounts, key=lambda place: amounts[place].price)
    high = max(amounts, key=lambda place: amounts[place].price)
    lowest, highest = amounts[low].price, amounts[high].price
    if highest > MAX_REGION_RATIO * lowest:
        yield Objection(
            f"{lowest} is less than half of {highest} in {high}", "one of the two is wrong", ("prices", low)
        )


def _sources(entry: EntryModel, price: PriceModel, book: BookModel) -> Iterator[Objection]:
    """Whether other sources are known, and whether a disagreement with one is marked."""
    for name in price.agreed:
        if name not in book.sources or name == entry.source:
            others = [source for source in book.sources if source != entry.source]
            yield Objection(f"{name} is not another source", suggest(name, others), ("agreed",))
    second = price.second
    if second is None:
        if price.disputed:
            yield Objection("there is no second source that disagrees", "remove disputed", ("disputed",))
        return
    if second.source not in book.sources:
        yield _unknown_source(second.source, book.sources, ("second", "source"))
    theirs = _converted(second, entry.unit, book.hours_per_month)
    if theirs is None:
        yield Objection(f"{second.unit} cannot be compared with {entry.unit}", place=("second", "unit"))
    elif (disagree := abs(theirs - price.price) > TOLERANCE * price.price) and not price.disputed:
        yield Objection(
            f"{second.price} and {price.price} differ by more than a hundredth",
            "find out which is right, or mark the price with disputed: true",
            ("second",),
        )
    elif price.disputed and not disagree:
        yield Objection("there is no second source that disagrees", "remove disputed", ("disputed",))


def _converted(second: SecondModel, unit: str, hours: int) -> Decimal | None:
    """Another source's figure for one unit of the entry; None where the units cannot be compared."""
    if second.unit in (None, unit):
        return second.price
    return second.price * hours if (second.unit, unit) == ("gib-hour", "gib-month") else None


def _unknown_source(name: str, known: Collection[str], place: tuple[str, ...]) -> Objection:
    return Objection(f"unknown source {name}", suggest(name, known), place)
