"""Reading the price book, and the values that it refuses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from groundwork.cost import load
from groundwork.cost.book import FILE, NoPriceError
from groundwork.cost.purchase import Purchase
from groundwork.documents import DocumentError
from groundwork.errors import UserError

SMALL = """\
version: 2
date: 2026-07-30
currency: USD
hours_per_month: 730
regions: [europe-west4, us-central1]
sources:
  one: {what: a catalogue, from: somewhere, date: 2026-07-30, licence: MIT}
  two: {what: a page, from: elsewhere, date: 2026-08-11, licence: MIT}
entries:
  fee:
    {unit: cluster-hour, source: one, date: 2026-07-01, prices: {global: {price: "0.10"}}}
  machine:
    unit: hour
    source: one
    date: 2026-07-30
    includes: {gib: 4}
    prices:
      europe-west4: {price: "0.30", spot: "0.12"}
      us-central1: {price: "0.25", spot: "0.10", second: {source: two, price: "0.251"}}
  disk:
    unit: gib-month
    source: one
    date: 2026-07-30
    prices:
      europe-west4: {absent: no source has it}
      us-central1: {price: "0.10", second: {source: two, unit: gib-hour, price: "0.000136986"}}
"""

EUROPE = "entries.machine.prices.europe-west4"
IOWA = "entries.machine.prices.us-central1"

# By problem: a part of the book, its replacement, the key path in the message, and a part of the message or hint.
REFUSALS = {
    "spot above on demand": ('spot: "0.12"', 'spot: "0.31"', f"{EUROPE}.spot", "above 0.30 on demand"),
    "zero": ('price: "0.30"', 'price: "0.0"', f"{EUROPE}.price", "not a valid price"),
    "negative": ('price: "0.30"', 'price: "-0.30"', f"{EUROPE}.price", "not a valid price"),
    "not a number": ('price: "0.30"', 'price: "NaN"', f"{EUROPE}.price", "not a valid price"),
    "infinite": ('price: "0.30"', 'price: "Infinity"', f"{EUROPE}.price", "not a valid price"),
    "text": ('price: "0.30"', 'price: "n/a"', f"{EUROPE}.price", "not a number"),
    "empty": ('spot: "0.12"', 'spot: ""', f"{EUROPE}.spot", "not a number"),
    "zero spot": ('spot: "0.12"', 'spot: "0"', f"{EUROPE}.spot", "not a valid price"),
    "marker": ('price: "0.30"', 'price: "700.0"', f"{EUROPE}.price", "a marker"),
    "marker for a disk": ('{price: "0.10", second', '{price: "1", second', "entries.disk.prices.us-central1", "marker"),
    "inexact": ('price: "0.30"', "price: 0.30", f"{EUROPE}.price", "not text"),
    "twice as expensive elsewhere": (
        'price: "0.30"',
        'price: "0.56"',
        IOWA,
        "less than half of 0.56 in europe-west4",
    ),
    "missing region": (
        '      europe-west4: {price: "0.30", spot: "0.12"}\n',
        "",
        "entries.machine.prices",
        "europe-west4 is m",
    ),
    "other region": (
        'us-central1: {price: "0.25"',
        'moon-1: {price: "0.25"',
        "entries.machine.prices.moon-1",
        "unknown",
    ),
    "no reason": ("no source has it", '""', "entries.disk.prices.europe-west4.absent", "expected text"),
    "reason and price": (
        "{absent: no source",
        '{price: "1", absent: no source',
        "entries.disk.prices.europe-west4",
        "key",
    ),
    "sources disagree": ('price: "0.251"', 'price: "0.253"', f"{IOWA}.second", "differ by more than a hundredth"),
    "units disagree": ("unit: gib-hour", "unit: hour", "entries.disk.prices.us-central1.second.unit", "compared"),
    "disputed alone": (
        'price: "0.251"}',
        'price: "0.251"}, disputed: true',
        f"{IOWA}.disputed",
        "no second",
    ),
    "disputed: no": (
        'price: "0.251"}',
        'price: "0.251"}, disputed: "no"',
        f"{IOWA}.disputed",
        "expected true",
    ),
    "currency": ("currency: USD", "currency: EUR", "currency", "EUR is not USD"),
    "hours": ("hours_per_month: 730", "hours_per_month: 720", "hours_per_month", "730"),
    "version": ("version: 2", "version: 1", "version", "unknown"),
    "later than the book": ("date: 2026-07-01", "date: 2026-07-31", "entries.fee.date", "later than the book"),
    "not a date": ("date: 2026-07-01", "date: July", "entries.fee.date", "expected a date"),
    "unknown source": ("source: one, date: 2026-07-01", "source: x, date: 2026-07-01", "entries.fee.source", "known"),
    "no licence": ("date: 2026-08-11, licence: MIT", "date: 2026-08-11", "sources.two.licence", "is missing"),
    "unit": ("unit: cluster-hour", "unit: fortnight", "entries.fee.unit", "unknown unit"),
    "includes nothing": ("gib: 4", "gib: 0", "entries.machine.includes.gib", "number above zero"),
    "committed above on demand": (
        'spot: "0.10"',
        'spot: "0.10", committed-1y: "0.26"',
        f"{IOWA}.committed-1y",
        "above 0.25 on demand",
    ),
    "longer commitment more expensive": (
        'spot: "0.10"',
        'spot: "0.10", committed-1y: "0.2", committed-3y: "0.21"',
        f"{IOWA}.committed-3y",
        "more expensive than",
    ),
    "purchase option in one region alone": (', spot: "0.12"', "", EUROPE, "no spot price, and other places have one"),
    "marker of nines": ('price: "0.30"', 'price: "999999"', f"{EUROPE}.price", "a marker"),
    "agreed with itself": ('spot: "0.10"', 'spot: "0.10", agreed: [one]', f"{IOWA}.agreed", "not another source"),
    "agreed with unknown source": ('spot: "0.10"', 'spot: "0.10", agreed: [x]', f"{IOWA}.agreed", "not another source"),
    "elsewhere has a price": (
        "europe-west4: {absent: no source has it}",
        'elsewhere: {price: "1"}',
        "entries.disk.prices.elsewhere",
        "reason",
    ),
    "unknown kind of place": (
        "    unit: gib-month",
        "    in: moons\n    unit: gib-month",
        "entries.disk.in",
        "unknown kind",
    ),
    "no date": (
        "    unit: hour\n    source: one\n    date: 2026-07-30\n",
        "    unit: hour\n    source: one\n",
        "entries.machine.date",
        "is missing",
    ),
    "no source": ("    unit: hour\n    source: one\n", "    unit: hour\n", "entries.machine.source", "is missing"),
    "misspelled": ('spot: "0.12"', 'sport: "0.12"', f"{EUROPE}.sport", "unknown key"),
    "not a map": ("{gib: 4}", "gib", "entries.machine.includes", "expected a map"),
    "no regions": ("[europe-west4, us-central1]", "all", "regions", "expected a list"),
    "twice": ("  disk:\n", "  machine:\n", ":20", "duplicate key"),
}


def _written(folder: Path, text: str) -> Path:
    path = folder / "prices.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_load_reads_prices_by_region_and_purchase_option(tmp_path: Path) -> None:
    """Prices are exact, by region or global, on demand or spot."""
    book = load(_written(tmp_path, SMALL))

    assert (book.date, book.currency, book.hours_per_month) == (dt.date(2026, 7, 30), "USD", 730)
    assert book.price("machine", "europe-west4") == Decimal("0.30")
    assert book.price("machine", "europe-west4", Purchase.SPOT) == Decimal("0.12")
    assert book.price("fee", "anywhere") == Decimal("0.10")
    assert book.entry("machine").includes == {"gib": 4}
    assert book.age_days(dt.date(2026, 8, 1)) == 2


@pytest.mark.parametrize(
    ("item", "region", "purchase", "why"),
    [
        ("disk", "europe-west4", Purchase.ON_DEMAND, "no source has it"),
        ("machine", "asia-east1", Purchase.ON_DEMAND, "does not cover this region"),
        ("disk", "us-central1", Purchase.SPOT, "no spot price"),
        ("machine", "us-central1", Purchase.COMMITTED_1Y, "no committed-1y price"),
        ("z9-standard-2", "europe-west4", Purchase.ON_DEMAND, "no z9-standard-2"),
    ],
)
def test_missing_price_raises_the_reason(tmp_path: Path, item: str, region: str, purchase: Purchase, why: str) -> None:
    """A missing price is a reason, never zero."""
    book = load(_written(tmp_path, SMALL))

    with pytest.raises(NoPriceError, match=why):
        book.price(item, region, purchase)


@pytest.mark.parametrize("case", REFUSALS)
def test_load_refuses_values_that_cannot_be_true(tmp_path: Path, case: str) -> None:
    """The message has the file, the line, the key path and the problem."""
    old, new, path, words = REFUSALS[case]
    assert SMALL.count(old) == 1
    file = _written(tmp_path, SMALL.replace(old, new))

    with pytest.raises(UserError) as caught:
        load(file)

    assert caught.value.message.startswith(f"{file}:")
    assert len(caught.value.message.splitlines()) == (2 if case == "other region" else 1)
    assert path in caught.value.message
    assert words in caught.value.message + caught.value.hint


def test_load_reports_every_refusal_at_once(tmp_path: Path) -> None:
    """Wrong fields, wrong combinations and wrong references in several sections do not hide each other."""
    text = SMALL
    for old, new in (
        ("hours_per_month: 730", "hours_per_month: 720"),
        ("date: 2026-08-11, licence: MIT", "date: 2026-08-11"),
        ('{price: "0.10"}', '{price: "700"}'),
        ('spot: "0.12"', 'spot: "0.31"'),
        ('spot: "0.10"', 'sport: "0.10"'),
        ("no source has it", '""'),
        ('price: "0.000136986"', 'price: "1"'),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)

    with pytest.raises(DocumentError) as caught:
        load(_written(tmp_path, text))

    # The disagreement needs the hours of a month, which are wrong.
    assert [problem.path for problem in caught.value.problems] == [
        "hours_per_month",
        "sources.two.licence",
        "entries.fee.prices.global.price",
        "entries.machine.prices.europe-west4.spot",
        f"{IOWA}.sport",
        "entries.disk.prices.europe-west4.absent",
    ]


def test_disputed_price_is_accepted(tmp_path: Path) -> None:
    """A disagreement of sources that is marked does not block the book."""
    book = load(_written(tmp_path, SMALL.replace('price: "0.251"}', 'price: "0.4"}, disputed: true')))

    assert book.price("machine", "us-central1") == Decimal("0.25")


@pytest.mark.parametrize("text", ["entries: [", "- 1", ""])
def test_load_of_another_document_is_a_user_error(tmp_path: Path, text: str) -> None:
    """A file that is not a map is bad input, not a traceback."""
    with pytest.raises(UserError, match=r"prices\.yaml"):
        load(_written(tmp_path, text))


def test_load_of_a_missing_file_is_a_user_error(tmp_path: Path) -> None:
    """A missing book is bad input."""
    with pytest.raises(UserError, match=r"prices\.yaml"):
        load(tmp_path / "prices.yaml")


def test_delivered_book_passes_its_checks() -> None:
    """The delivered book passes its own checks, and has no price that was ever a float."""
    book = load()

    assert FILE.is_file()
    assert all("e" not in str(found).lower() for entry in book.entries.values() for found in _amounts(entry.prices))


def _amounts(prices: object) -> list[Decimal]:
    assert isinstance(prices, dict)
    return [price.amount for price in prices.values() if not isinstance(price, str)]


def test_machine_price_requires_an_offer_in_the_region() -> None:
    """The list has prices for A100 in europe-west1, where none is offered; the book says so."""
    with pytest.raises(NoPriceError, match="not offered in this region"):
        load().machine_price("a2-highgpu-1g", "europe-west1")


def test_entry_lists_the_sources_that_agree(tmp_path: Path) -> None:
    """Its own source, a second one within a hundredth, and those in `agreed`."""
    book = load(_written(tmp_path, SMALL.replace('price: "0.251"}', 'price: "0.251"}, agreed: [two]')))

    assert book.entry("machine").sources("europe-west4") == ("one",)
    assert book.entry("machine").sources("us-central1") == ("one", "two")
    assert book.entry("disk").sources("us-central1") == ("one", "two")


def test_elsewhere_gives_one_reason_for_all_other_places(tmp_path: Path) -> None:
    """A price of one region has one reason for all others."""
    text = SMALL.replace("europe-west4: {absent: no source has it}", "elsewhere: {absent: one page has one region}")

    with pytest.raises(NoPriceError, match="disk in europe-west4: one page has one region"):
        load(_written(tmp_path, text)).price("disk", "europe-west4")
