"""Machine types as the loader reads them, and the gaps that it refuses."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from groundwork.cost import load
from groundwork.cost.book import NoPriceError
from groundwork.cost.purchase import Purchase
from groundwork.errors import UserError

BOOK = """\
version: 2
date: 2026-07-30
currency: USD
hours_per_month: 730
regions: [a, b]
sources:
  one: {what: a catalogue, from: somewhere, date: 2026-07-30, licence: MIT}
entries:
  v:
    unit: vcpu-hour
    source: one
    date: 2026-07-30
    prices: {a: {price: "0.03", spot: "0.01"}, b: {price: "0.04", spot: "0.02"}}
  m:
    unit: gib-hour
    source: one
    date: 2026-07-29
    prices: {a: {price: "0.004", spot: "0.001"}, b: {price: "0.005", spot: "0.002"}}
  g:
    unit: gpu-hour
    source: one
    date: 2026-07-30
    includes: {gib: 85}
    prices: {a: {price: "3"}, b: {absent: none here}}
  s:
    unit: gib-month
    source: one
    date: 2026-07-30
    prices: {a: {price: "0.08", spot: "0.04"}, b: {price: "0.09", spot: "0.05"}}
"""
MACHINES = """\
version: 1
date: 2026-07-30
source: somewhere
families:
  plain: {vcpu: v, gib: m, local-ssd: s}
  gpu: {vcpu: v, gpu: g}
machines:
  plain-2: {family: plain, vcpu: 2, gib: 8}
  plain-2-lssd: {family: plain, vcpu: 2, gib: 8, local-ssd: 2}
  gpu-1: {family: gpu, vcpu: 12, gib: 85, gpus: 1, regions: [a]}
"""


def _written(folder: Path, book: str = BOOK, machines: str = MACHINES) -> Path:
    path = folder / "prices.yaml"
    path.write_text(book, encoding="utf-8")
    (folder / "machines.yaml").write_text(machines, encoding="utf-8")
    return path


def test_machine_price_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    """Parts are vCPUs, memory, GPUs with what they include, and local SSDs by the hour."""
    book = load(_written(tmp_path))

    assert book.machine_price("plain-2", "a") == Decimal("0.092")  # 2 x 0.03 + 8 x 0.004
    assert book.machine_price("plain-2", "a", Purchase.SPOT) == Decimal("0.028")
    assert book.machine_price("plain-2", "b") == Decimal("0.12")
    assert book.machine_price("gpu-1", "a") == Decimal("3.36")  # 12 x 0.03 + 3, the memory within
    # 0.092 + 750 x 0.08 / 730
    assert book.machine_price("plain-2-lssd", "a") == Decimal("0.174191780822")
    assert book.machine_date("plain-2").isoformat() == "2026-07-29"


@pytest.mark.parametrize(
    ("name", "region", "purchase", "why"),
    [
        ("gpu-1", "b", Purchase.ON_DEMAND, "gpu-1 in b: this machine is not offered in this region"),
        ("gpu-1", "a", Purchase.SPOT, "g in a: the price book has no spot price"),
        ("plain-2", "c", Purchase.ON_DEMAND, "plain-2 in c: the price book does not cover this region"),
        ("plain-3", "a", Purchase.ON_DEMAND, "the price book has no plain-3"),
    ],
)
def test_missing_machine_price_raises_the_reason(
    tmp_path: Path, name: str, region: str, purchase: Purchase, why: str
) -> None:
    """A missing part is a missing price."""
    with pytest.raises(NoPriceError, match=why):
        load(_written(tmp_path)).machine_price(name, region, purchase)


# By problem: the file, a part of it, its replacement, and a part of the message.
REFUSALS = {
    "vCPUs without memory": (
        "book", ', b: {price: "0.005", spot: "0.002"}}', ", b: {absent: forgotten}}",
        "entries.m.prices: b has no on-demand price, and v has one",
    ),
    "spot vCPUs without spot memory": (
        "book", '{a: {price: "0.004", spot: "0.001"}, b: {price: "0.005", spot: "0.002"}}',
        '{a: {price: "0.004"}, b: {price: "0.005"}}', "entries.m.prices: a has no spot price, and v has one",
    ),
    "a part that is not an entry": (
        "machines", "gib: m,", "gib: x,", "machines.plain-2: its part x is not an entry of the price book",
    ),
    "memory that no part counts": (
        "machines", "gpu-1: {family: gpu, vcpu: 12, gib: 85", "gpu-1: {family: gpu, vcpu: 12, gib: 90",
        "machines.gpu-1: it has 90 gib, and its parts' prices are for 85",
    ),
    "vCPUs that two parts count": (
        "book", "includes: {gib: 85}", "includes: {gib: 85, vcpu: 12}",
        "machines.gpu-1: it has 12 vcpu, and its parts' prices are for 24",
    ),
    "a GPU of a family without": (
        "machines", "vcpu: 2, gib: 8}", "vcpu: 2, gib: 8, gpus: 1}", "the family plain has no gpu",
    ),
    "an unknown family": ("machines", "{family: gpu", "{family: gpus", "machines.gpu-1.family: unknown family gpus"),
    "an unknown region": ("machines", "regions: [a]", "regions: [z]", "z is not a region of the price book"),
    "a duplicate region": ("machines", "regions: [a]", "regions: [a, a]", "duplicate 'a'"),
    "an unknown key": ("machines", "local-ssd: 2", "ssd: 2", "machines.plain-2-lssd.ssd: unknown key"),
    "no vCPU": ("machines", "vcpu: 12", "vcpu: 0", "machines.gpu-1.vcpu: 0 is not a number above zero"),
    "a version to come": ("machines", "version: 1", "version: 2", "version 2 is unknown"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_load_refuses_machines_that_are_not_fully_priced(tmp_path: Path, case: str) -> None:
    """The message has the file, the line and the key path."""
    file, old, new, message = REFUSALS[case]
    texts = {"book": BOOK, "machines": MACHINES}
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new, 1)

    with pytest.raises(UserError) as caught:
        load(_written(tmp_path, texts["book"], texts["machines"]))

    assert message in caught.value.message
    assert ("machines.yaml" if file == "machines" or "machines." in message else "prices.yaml") in caught.value.message
