"""The samples' cost, reckoned from the raw price data by other means than the book: what Google lists, times hours.

Each line is what a person would write on paper: nodes, times 730 hours, times the all-in price of the machine, and so
on. The book takes machines apart and adds them up again, so a mistake on the way would show here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from groundwork.cost import Estimate, declared, estimate, load
from groundwork.cost.book import NoPriceError
from groundwork.cost.purchase import Purchase
from groundwork.graph import Graph
from tests.conftest import ROOT

VARIABLE: Final = "GROUNDWORK_RAW_PRICES"
FOLDER: Final = Path(os.environ.get(VARIABLE, ROOT.parent / "shared" / "prices"))
HOURS: Final = 730
WITHIN: Final = Decimal("0.01")
HOME: Final = "europe-west4"

pytestmark = pytest.mark.skipif(
    not (FOLDER / "README.md").is_file(), reason=f"needs the raw price data: {VARIABLE} names its folder"
)


class Raw:
    """The raw files, read without the tool."""

    def __init__(self) -> None:
        """Reads what the tests need."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        listed = yaml.load((FOLDER / "gcosts-pricing-2026-07-30.yml").read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - it is safe
        other = yaml.load((FOLDER / "other-prices.yaml").read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - the same
        self.listed: Any = listed
        self.other: Any = other["prices"]

    def machine(self, name: str, key: str = "hour", region: str = HOME) -> Decimal:
        """An hour of a machine with all that it brings."""
        return Decimal(str(self.listed["compute"]["instance"][name]["cost"][region][key]))

    def disk(self, key: str, region: str = HOME, month: str = "month") -> Decimal:
        """A GiB and month of a disk."""
        return Decimal(str(self.listed["compute"]["storage"][key]["cost"][region][month]))

    def bucket(self, key: str, place: str) -> Decimal:
        """A GiB and month in a bucket."""
        return Decimal(str(self.listed["storage"]["bucket"][key]["cost"][place]["month"]))

    def one(self, service: str, item: str) -> Decimal:
        """A price that was written down by hand."""
        (found,) = {row["usd"] for row in self.other if row["service"] == service and row["item"].startswith(item)}
        return Decimal(str(found))


@pytest.fixture(scope="module")
def raw() -> Raw:
    """The raw files, read once."""
    return Raw()


@pytest.fixture(scope="module")
def estimates(graphs: dict[str, Graph]) -> dict[str, Estimate]:
    """The cost of dev and prod, with the use that they declare."""
    return {
        stack: estimate(graphs[stack], load(), usage=declared.of_stack(ROOT, stack, graphs[stack]))
        for stack in ("dev", "prod")
    }


Reckoning = Callable[[Raw], Decimal]

# Stack, resource, and what a month costs at the most. Sizes are those of Pulumi.dev.yaml, Pulumi.prod.yaml and usage/.
AT_THE_MOST: Final[list[tuple[str, str, Reckoning]]] = [
    ("dev", "cluster-main-system", lambda raw: 3 * (HOURS * raw.machine("e2-standard-4") + 100 * raw.disk("balanced"))),
    (
        "dev",
        "gpu-main.l4-pool",
        lambda raw: 2 * (HOURS * raw.machine("g2-standard-8", "hour_spot") + 200 * raw.disk("balanced")),
    ),
    (
        "dev",
        "gpu-main.a100-pool",
        lambda raw: HOURS * raw.machine("a2-highgpu-1g", "hour_spot") + 200 * raw.disk("balanced"),
    ),
    ("dev", "google-apis-gcr", lambda raw: raw.one("dns", "managed zone")),
    ("dev", "key-buckets-europe-west4-key", lambda raw: raw.one("kms", "active software key version")),
    ("dev", "registry-images-repository", lambda raw: 80 * raw.one("artifact-registry", "storage above")),
    (
        "prod",
        "cluster-main-system",
        lambda raw: 12 * (HOURS * raw.machine("n2d-standard-8") + 100 * raw.disk("balanced")),
    ),
    (
        "prod",
        "gpu-main.l4-serving-pool",
        lambda raw: 12 * (HOURS * raw.machine("g2-standard-8") + 200 * raw.disk("balanced")),
    ),
    (
        "prod",
        "gpu-main.l4-batch-pool",
        lambda raw: 6 * (HOURS * raw.machine("g2-standard-48", "hour_spot") + 200 * raw.disk("balanced")),
    ),
    # Waiting makes it cheaper, by how much no source says: at the most it costs what it costs at once.
    (
        "prod",
        "gpu-main.l4-flex-pool",
        lambda raw: 4 * (HOURS * raw.machine("g2-standard-48") + 200 * raw.disk("balanced")),
    ),
    # Eight local SSDs of 375 GiB each, which this machine does not bring by itself.
    (
        "prod",
        "gpu-main.a100-training-pool",
        lambda raw: (
            4 * (HOURS * raw.machine("a2-highgpu-8g") + 500 * raw.disk("balanced") + 8 * 375 * raw.disk("local"))
        ),
    ),
    (
        "prod",
        "gpu-main.a100-batch-pool",
        lambda raw: 16 * (HOURS * raw.machine("a2-highgpu-1g", "hour_spot") + 200 * raw.disk("balanced")),
    ),
    # Seven pods share a GPU, which costs what it costs.
    (
        "prod",
        "gpu-main.a100-notebooks-pool",
        lambda raw: 2 * (HOURS * raw.machine("a2-highgpu-1g") + 200 * raw.disk("balanced")),
    ),
    # Sixteen local SSDs, all of which this machine brings.
    (
        "prod",
        "gpu-main.h100-pretraining-pool",
        lambda raw: 4 * (HOURS * raw.machine("a3-highgpu-8g") + 500 * raw.disk("balanced")),
    ),
    (
        "prod",
        "gpu-main.a100-tuning-pool",
        lambda raw: 2 * (HOURS * raw.machine("a2-ultragpu-1g", "hour_spot") + 200 * raw.disk("balanced")),
    ),
    (
        "prod",
        "cluster-green-cluster",
        lambda raw: (
            HOURS * raw.one("gke", "cluster management fee")
            + 10 * raw.one("logging", "ingest")
            + 900 * raw.one("managed-prometheus", "samples, first 50")
        ),
    ),
    (
        "prod",
        "data-parcel-images-raw-bucket",
        lambda raw: (
            6000 * raw.bucket("standard-dual", "eur4")
            + 18000 * raw.bucket("nearline-dual", "eur4")
            + 40000 * raw.bucket("coldline-dual", "eur4")
            + 2000 * Decimal("0.01")
        ),
    ),
    ("prod", "data-scratch-bucket", lambda raw: 4000 * raw.bucket("standard", HOME)),
    (
        "prod",
        "vpc-nat-europe-west4",
        lambda raw: (
            HOURS * 32 * raw.one("nat", "gateway, per VM")
            + HOURS * raw.one("address", "external IPv4 in use on a standard")
            + 1500 * raw.one("nat", "data processed")
        ),
    ),
    (
        "prod",
        "backup-main-plan",
        lambda raw: 9 * raw.one("gke-backup", "management") + 300 * raw.one("gke-backup", "backup storage"),
    ),
    ("prod", "gateway-gateway", lambda raw: HOURS * raw.one("load-balancer", "forwarding rules, first five")),
    # Two versions in two places, twenty thousand accesses.
    (
        "prod",
        "secret-carrier-api-token-secret",
        lambda raw: 2 * 2 * raw.one("secret-manager", "active version") + 2 * raw.one("secret-manager", "access"),
    ),
]


@pytest.mark.parametrize(
    ("stack", "name", "reckoned"), AT_THE_MOST, ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_samples_cost_what_the_raw_data_says(
    estimates: dict[str, Estimate], raw: Raw, stack: str, name: str, reckoned: Reckoning
) -> None:
    """Within a hundredth of what one reckons from Google's list."""
    (found,) = [one for one in estimates[stack].resources if one.urn.endswith(f"::{name}")]

    expected = reckoned(raw)
    assert abs(found.range.high - expected) <= WITHIN * expected, (found.range.high, expected)


@pytest.mark.parametrize(
    "machine", ["e2-standard-4", "n2d-standard-8", "g2-standard-8", "a2-highgpu-8g", "c3-standard-8-lssd"]
)
def test_the_same_machine_in_two_regions(raw: Raw, machine: str) -> None:
    """It costs what the list says in each, and not the same."""
    book = load()
    prices = {region: book.machine_price(machine, region) for region in (HOME, "us-central1")}

    for region, price in prices.items():
        listed = raw.machine(machine, region=region)
        assert abs(price - listed) <= WITHIN * listed
    assert len(set(prices.values())) == 2


def test_every_machine_costs_what_the_list_says(raw: Raw) -> None:
    """Taken apart and added up again, by every way to buy that the list has: none is off by half a hundredth."""
    book = load()
    ways = {
        "hour": Purchase.ON_DEMAND,
        "hour_spot": Purchase.SPOT,
        "month_1y": Purchase.COMMITTED_1Y,
        "month_3y": Purchase.COMMITTED_3Y,
    }
    compared = 0
    for name, machine in book.machines.items():
        for region in machine.regions:
            for key, way in ways.items():
                listed = raw.listed["compute"]["instance"][name]["cost"].get(region, {}).get(key)
                if listed is None:
                    continue
                exact = Decimal(str(listed)) / (HOURS if key.startswith("month") else 1)
                try:
                    found = book.machine_price(name, region, way)
                except NoPriceError:
                    continue
                compared += 1
                assert abs(found - exact) <= exact * WITHIN / 2, (name, region, way)

    assert compared > 5000


def test_google_s_own_page_has_the_same_machines() -> None:
    """A source that knows nothing of gcosts agrees on what Iowa costs, save for where its memory is printed wrongly."""
    book = load()
    rows = json.loads((FOLDER / "google-page-us-central1-instances.json").read_text(encoding="utf-8"))
    compared = [
        row for row in rows if row["type"] in book.machines and "us-central1" in book.machines[row["type"]].regions
    ]
    off = []
    for row in compared:
        try:
            price = book.machine_price(row["type"], "us-central1")
        except NoPriceError:
            continue
        if abs(price - Decimal(str(row["usd"]))) > WITHIN * price:
            off.append(row["type"])

    assert len(compared) > 200
    assert off == []


def test_what_no_source_prices_is_listed(estimates: dict[str, Estimate]) -> None:
    """Shared files in the Netherlands have no sourced price: they stand in the list, and in no sum."""
    found = estimates["prod"]
    (share,) = [one for one in found.unpriced if one.urn.endswith("::files-vision-shared-instance")]

    assert share.why == "filestore-regional in europe-west4: no sourced price of Filestore in this region"
    assert share.urn not in {one.urn for one in found.resources}
