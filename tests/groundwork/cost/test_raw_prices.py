"""Cost of the sample stacks, computed from the raw price data without the book: Google's list prices times hours.

Each line is a computation by hand: nodes, times 730 hours, times the complete price of the machine, and so on. The book
splits machines into parts and adds them up again, so an error in between would be found here.
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

from groundwork.cost import Estimate, estimate, load, usage_file
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
        """The price of an hour of a machine with its parts."""
        return Decimal(str(self.listed["compute"]["instance"][name]["cost"][region][key]))

    def disk(self, key: str, region: str = HOME, month: str = "month") -> Decimal:
        """The price of a GiB and month of a disk."""
        return Decimal(str(self.listed["compute"]["storage"][key]["cost"][region][month]))

    def bucket(self, key: str, place: str) -> Decimal:
        """The price of a GiB and month in a bucket."""
        return Decimal(str(self.listed["storage"]["bucket"][key]["cost"][place]["month"]))

    def copied(self, service: str, item: str) -> Decimal:
        """A price that was copied by hand."""
        (price,) = {row["usd"] for row in self.other if row["service"] == service and row["item"].startswith(item)}
        return Decimal(str(price))


@pytest.fixture(scope="module")
def raw() -> Raw:
    """The raw files, read once."""
    return Raw()


@pytest.fixture(scope="module")
def estimates(graphs: dict[str, Graph]) -> dict[str, Estimate]:
    """The cost of dev and prod, with their declared usage."""
    return {
        stack: estimate(graphs[stack], load(), usage=usage_file.of_stack(ROOT, stack, graphs[stack]))
        for stack in ("dev", "prod")
    }


Computation = Callable[[Raw], Decimal]

# Stack, resource, and the maximum cost of a month. Sizes are those of Pulumi.dev.yaml, Pulumi.prod.yaml and usage/.
MAXIMUM: Final[list[tuple[str, str, Computation]]] = [
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
    ("dev", "google-apis-gcr", lambda raw: raw.copied("dns", "managed zone")),
    ("dev", "key-buckets-europe-west4-key", lambda raw: raw.copied("kms", "active software key version")),
    ("dev", "registry-images-repository", lambda raw: 80 * raw.copied("artifact-registry", "storage above")),
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
    # No source has the flex-start price; the on-demand price is its maximum.
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
            HOURS * raw.copied("gke", "cluster management fee")
            + 10 * raw.copied("logging", "ingest")
            + 900 * raw.copied("managed-prometheus", "samples, first 50")
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
            HOURS * 32 * raw.copied("nat", "gateway, per VM")
            + HOURS * raw.copied("address", "external IPv4 in use on a standard")
            + 1500 * raw.copied("nat", "data processed")
        ),
    ),
    (
        "prod",
        "backup-main-plan",
        lambda raw: 9 * raw.copied("gke-backup", "management") + 300 * raw.copied("gke-backup", "backup storage"),
    ),
    ("prod", "gateway-gateway", lambda raw: HOURS * raw.copied("load-balancer", "forwarding rules, first five")),
    # Two versions in two places, twenty thousand accesses.
    (
        "prod",
        "secret-carrier-api-token-secret",
        lambda raw: 2 * 2 * raw.copied("secret-manager", "active version") + 2 * raw.copied("secret-manager", "access"),
    ),
]


@pytest.mark.parametrize(
    ("stack", "name", "computed"), MAXIMUM, ids=lambda value: value if isinstance(value, str) else ""
)
def test_sample_stacks_cost_what_the_raw_data_says(
    estimates: dict[str, Estimate], raw: Raw, stack: str, name: str, computed: Computation
) -> None:
    """Within a hundredth of the sum computed from Google's list."""
    (result,) = [entry for entry in estimates[stack].resources if entry.urn.endswith(f"::{name}")]

    expected = computed(raw)
    assert abs(result.range.high - expected) <= WITHIN * expected, (result.range.high, expected)


@pytest.mark.parametrize(
    "machine", ["e2-standard-4", "n2d-standard-8", "g2-standard-8", "a2-highgpu-8g", "c3-standard-8-lssd"]
)
def test_machine_prices_differ_by_region(raw: Raw, machine: str) -> None:
    """The price is that of the list in each region, and not the same in both."""
    book = load()
    prices = {region: book.machine_price(machine, region) for region in (HOME, "us-central1")}

    for region, price in prices.items():
        listed = raw.machine(machine, region=region)
        assert abs(price - listed) <= WITHIN * listed
    assert len(set(prices.values())) == 2


def test_machine_prices_equal_the_list(raw: Raw) -> None:
    """Split into parts and added up again, by every purchase option: none differs by half a hundredth."""
    book = load()
    options = {
        "hour": Purchase.ON_DEMAND,
        "hour_spot": Purchase.SPOT,
        "month_1y": Purchase.COMMITTED_1Y,
        "month_3y": Purchase.COMMITTED_3Y,
    }
    compared = 0
    for name, machine in book.machines.items():
        for region in machine.regions:
            for key, purchase in options.items():
                listed = raw.listed["compute"]["instance"][name]["cost"].get(region, {}).get(key)
                if listed is None:
                    continue
                exact = Decimal(str(listed)) / (HOURS if key.startswith("month") else 1)
                try:
                    result = book.machine_price(name, region, purchase)
                except NoPriceError:
                    continue
                compared += 1
                assert abs(result - exact) <= exact * WITHIN / 2, (name, region, purchase)

    assert compared > 5000


def test_machine_prices_equal_google_s_page() -> None:
    """A source that is independent of gcosts agrees for Iowa, except where it prints a wrong memory size."""
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


def test_unsourced_filestore_price_is_listed(estimates: dict[str, Estimate]) -> None:
    """Filestore in the Netherlands has no sourced price: it is in the list, and in no sum."""
    result = estimates["prod"]
    (share,) = [entry for entry in result.unpriced if entry.urn.endswith("::files-vision-shared-instance")]

    assert share.why == "filestore-regional in europe-west4: no sourced price of Filestore in this region"
    assert share.urn not in {entry.urn for entry in result.resources}
