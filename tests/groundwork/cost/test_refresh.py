"""`prices refresh`: from files of other projects, and from a catalog served on this machine."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from groundwork.commands.prices import prices
from groundwork.cost import load
from groundwork.cost.book import FILE
from groundwork.cost.purchase import Purchase
from groundwork.cost.refresh import catalog
from groundwork.cost.refresh.run import Outcome, refresh
from groundwork.errors import UserError

BOOK = """\
# Comments are preserved.
version: 2
date: 2026-07-30
currency: USD
hours_per_month: 730
regions: [europe-west4, us-central1]

sources:
  gcosts: {what: a catalogue, from: somewhere, date: 2026-07-30, licence: MIT}
  skypilot: {what: a catalogue, from: elsewhere, date: 2026-07-30, licence: none}
  google-page: {what: a page, from: elsewhere, date: 2026-07-30, licence: MIT}

entries:
  e2-vcpu:
    unit: vcpu-hour
    source: gcosts
    date: 2026-07-30
    prices:
      europe-west4: {price: "0.024", spot: "0.012"}
      us-central1: {price: "0.021", spot: "0.013", agreed: [skypilot]}
  e2-gib:
    unit: gib-hour
    source: gcosts
    date: 2026-07-30
    prices:
      europe-west4: {price: "0.0032", spot: "0.0015"}
      us-central1: {price: "0.0029", spot: "0.0017"}
  g2-vcpu:
    unit: vcpu-hour
    source: gcosts
    date: 2026-07-30
    includes: {gib: 4}
    prices:
      europe-west4: {price: "0.038", spot: "0.02"}
      us-central1: {price: "0.036", spot: "0.02"}
  nvidia-l4:
    unit: gpu-hour
    source: gcosts
    date: 2026-07-30
    prices:
      europe-west4: {price: "0.58", spot: "0.3"}
      us-central1: {price: "0.56", spot: "0.31"}
  pd-balanced:
    unit: gib-month
    source: gcosts
    date: 2026-07-30
    prices:
      us-central1: {price: "0.10"}
      elsewhere: {absent: no source has it}
"""
MACHINES = """\
version: 1
date: 2026-07-30
source: somewhere
families:
  e2: {vcpu: e2-vcpu, gib: e2-gib}
  g2: {vcpu: g2-vcpu, gpu: nvidia-l4}
machines:
  e2-standard-2: {family: e2, vcpu: 2, gib: 8}
  e2-highmem-2: {family: e2, vcpu: 2, gib: 16}
  e2-standard-4: {family: e2, vcpu: 4, gib: 16}
  g2-standard-4: {family: g2, vcpu: 4, gib: 16, gpus: 1}
  g2-standard-8: {family: g2, vcpu: 8, gib: 32, gpus: 1}
"""
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small price book with its machines."""
    (tmp_path / "machines.yaml").write_text(MACHINES, encoding="utf-8")
    file = tmp_path / "prices.yaml"
    file.write_text(BOOK, encoding="utf-8")
    return file


def _gcosts(hours: dict[str, tuple[str, str]]) -> str:
    """A price file in the form of gcosts: an hour and a spot hour of machines in us-central1, and a disk in two."""
    machines = "".join(
        f"    {name}: {{cpu: 2, ram: 8, cost: {{us-central1: {{hour: {hour}, hour_spot: {spot}, month: 1}}}}}}\n"
        for name, (hour, spot) in hours.items()
    )
    disk = "{balanced: {cost: {us-central1: {month: 0.11}, europe-west4: {month: 0.12}}, type: pd-balanced}}"
    return (
        f"---\nabout: {{timestamp: 1791763200}}\ncompute:\n  instance:\n{machines}  storage: {disk}\n  network: {{}}\n"
        "monitoring: {}\nstorage: {bucket: {}, retrieval: {}}\n"
    )


# e2: 0.03 a vCPU and 0.004 a GiB, spot 0.01 and 0.001; g2: 0.04 a vCPU with its memory, 0.6 a GPU, spot 0.02 and 0.3.
NEWER = {
    "e2-standard-2": ("0.092", "0.028"), "e2-highmem-2": ("0.124", "0.036"), "e2-standard-4": ("0.184", "0.056"),
    "g2-standard-4": ("0.76", "0.38"), "g2-standard-8": ("0.92", "0.46"),
}  # fmt: skip


def _from(path: Path, **contents: str) -> Outcome:
    files = []
    for name, content in contents.items():
        (path.parent / name).write_text(content, encoding="utf-8")
        files.append(str(path.parent / name))
    return refresh(path, files, ask=None, today=TODAY, write=True)


def test_refresh_computes_prices_of_parts(path: Path) -> None:
    """Machine prices become prices of vCPUs, memory and GPUs; changes are reported, and comments stay."""
    outcome = _from(path, newer=_gcosts(NEWER))
    book = load(path)

    assert book.price("e2-vcpu", "us-central1") == Decimal("0.03")
    assert book.price("e2-gib", "us-central1", Purchase.SPOT) == Decimal("0.001")
    assert book.price("g2-vcpu", "us-central1") == Decimal("0.04")
    assert book.price("nvidia-l4", "us-central1", Purchase.SPOT) == Decimal("0.3")
    assert book.price("e2-vcpu", "europe-west4") == Decimal("0.024")
    assert book.price("pd-balanced", "europe-west4") == Decimal("0.12")
    assert (book.date, book.entry("e2-vcpu").date) == (dt.date(2026, 10, 12), dt.date(2026, 10, 12))
    assert book.entry("e2-vcpu").sources("us-central1") == (
        "gcosts",
    )  # sources that agreed with the old figure are removed
    assert "e2-vcpu in us-central1, on-demand: 0.021 → 0.03 (+42.9%)" in [
        difference.text() for difference in outcome.differences
    ]
    assert "pd-balanced in europe-west4, on-demand: 0.12, had no price" in [
        difference.text() for difference in outcome.differences
    ]
    assert path.read_text(encoding="utf-8").startswith("# Comments are preserved.\n")
    assert sorted(file.name for file in path.parent.iterdir()) == ["machines.yaml", "newer", "prices.yaml"]


def test_refresh_is_idempotent(path: Path) -> None:
    """The same file again has no difference, and gives the same text."""
    _from(path, newer=_gcosts(NEWER))
    text = path.read_text(encoding="utf-8")

    assert _from(path, newer=_gcosts(NEWER)).differences == []
    assert path.read_text(encoding="utf-8") == text


def test_refresh_reports_a_machine_that_contradicts_its_parts(path: Path) -> None:
    """Two machines determine the parts; a third that contradicts them is reported."""
    outcome = _from(path, newer=_gcosts({**NEWER, "e2-standard-4": ("0.3", "0.056")}))

    assert outcome.discrepancies == ["e2-standard-4 in us-central1, on-demand: 0.300000 is not the sum of its parts"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (("e2-standard-2 0.092 0.1", "e2-highmem-2 0.124 0.15", "e2-standard-4 0.184 0.2"), "above"),
        (("g2-standard-4 700.16 0.38", "g2-standard-8 700.32 0.46"), "a marker, not a price"),
        (("e2-standard-2 0.4 0.028", "e2-highmem-2 0.432 0.036", "e2-standard-4 0.8 0.056"), "less than half"),
    ],
)
def test_refresh_never_writes_a_book_that_the_loader_refuses(path: Path, changed: tuple[str, ...], words: str) -> None:
    """The book stays unchanged, and no temporary file is left."""
    machines = {name: (hour, spot) for name, hour, spot in (row.split() for row in changed)}

    with pytest.raises(UserError, match=words):
        _from(path, newer=_gcosts({**NEWER, **machines}))

    assert path.read_text(encoding="utf-8") == BOOK
    assert sorted(file.name for file in path.parent.iterdir()) == ["machines.yaml", "newer", "prices.yaml"]


HEAD = "InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Region,AvailabilityZone,Price,SpotPrice\n"


def _vms(*rows: str) -> str:
    return HEAD + "".join(f"{row}\n" for row in rows)


def test_cross_check_source_confirms_or_contradicts(path: Path) -> None:
    """Its figures are compared and not copied: hosts without GPUs get theirs from separate rows."""
    outcome = _from(
        path,
        vms=_vms(
            "e2-standard-2,2,8,,,,europe-west4,europe-west4-a,0.0736,0.03",
            "e2-highmem-2,2,16,,,,europe-west4,europe-west4-a,0.0992,0.03",
            # 4 x 0.036 and a GPU for 0.56, as a pair of two
            "g2-standard-4,4,16,,,,us-central1,us-central1-a,0.144,0.06",
            ",,,L4,2,x,us-central1,us-central1-a,1.12,0.4",
            "e2-standard-2,2,8,,,,us-central1,us-central1-a,0.05,0.03",
            "n9-standard-2,2,8,,,,us-central1,us-central1-a,0.05,0.03",
        ),
    )
    book = load(path)

    assert book.entry("e2-vcpu").sources("europe-west4") == ("gcosts", "skypilot")
    assert book.entry("nvidia-l4").sources("us-central1") == ("gcosts", "skypilot")
    assert book.entry("e2-vcpu").sources("us-central1") == ("gcosts",)
    assert outcome.differences == []
    assert outcome.discrepancies == ["e2-standard-2 in us-central1: skypilot has 0.05000, the book 0.06520 (-23.3%)"]


def test_google_page_is_a_cross_check_source(path: Path) -> None:
    """It has one region, and prices of machines."""
    _from(path, page=json.dumps([{"type": "e2-standard-2", "usd": 0.0652}, {"type": "x", "usd": 1}]))

    assert load(path).entry("e2-gib").sources("us-central1") == ("gcosts", "google-page")


def test_list_of_regions_is_compared_with_machines(path: Path) -> None:
    """Regions of machines are in a file that is edited by hand; differences are reported."""
    rows = "".join(
        f"{name};2;False;8;;{region}\n" for name in ("e2-standard-2",) for region in ("us-central1", "us-east4")
    )

    assert (
        "machines.yaml: e2-standard-2 in europe-west4: is no longer offered there"
        in _from(path, regions=f"NAME;CPUS;SHARED_CPU;MEMORY_GB;DEPRECATED;ZONE\n{rows}").discrepancies
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is not a known kind of file"),
        ("hello", "is not a known kind of file"),
        ("---\nabout: {}\ncompute: {instance: {}}\n", "is not a pricing.yml of gcosts"),
        ("---\nx: [\ncompute:\n", "is not valid YAML"),
        ("{", "is not JSON"),
        ("{}", "skus: is missing"),
        ('[{"usd": "x", "type": "y"}]', "is not a list of machine types"),
        ("InstanceType,Price\nx,1\n", "is not a vms.csv of SkyPilot"),
        ("NAME;CPUS\nx;2\n", "is not a list of machine types by region"),
    ],
)
def test_refresh_of_another_file_is_a_user_error(path: Path, content: str, words: str) -> None:
    """The message names the file; the book stays unchanged."""
    with pytest.raises(UserError, match=words) as caught:
        _from(path, some=content)

    assert "some" in caught.value.message
    assert path.read_text(encoding="utf-8") == BOOK


# --- the Cloud Billing Catalog


def _sku(
    text: str, price: str, *regions: str, unit: str = "h", free: bool = False, service: str = "Compute Engine"
) -> dict[str, Any]:
    """A SKU in the form that the catalog has, with its price in units and nanos."""
    units, _, part = price.partition(".")
    rates: list[dict[str, Any]] = (
        [{"startUsageAmount": 0, "unitPrice": {"currencyCode": "USD", "units": "0", "nanos": 0}}] if free else []
    )
    rates.append(
        {
            "startUsageAmount": 5 if free else 0,
            "unitPrice": {"currencyCode": "USD", "units": units, "nanos": int(part.ljust(9, "0"))},
        }
    )
    return {
        "name": "services/X/skus/Y", "skuId": "Y", "description": text,
        "category": {"serviceDisplayName": service, "resourceFamily": "Compute", "usageType": "OnDemand"},
        "serviceRegions": list(regions),
        "pricingInfo": [{"pricingExpression": {"usageUnit": unit, "tieredRates": rates}}],
    }  # fmt: skip


IOWA = "us-central1"
SKUS = [
    _sku("E2 Instance Core running in Americas", "0.025", IOWA, "us-east4"),
    _sku("E2 Instance Ram running in Americas", "0.0031", IOWA, unit="GiBy.h"),
    _sku("Spot Preemptible E2 Instance Core running in Americas", "0.011", IOWA),
    _sku("Spot Preemptible E2 Instance Ram running in Americas", "0.0014", IOWA, unit="GiBy.h"),
    _sku("Commitment v1: E2 Cpu in Americas for 1 Year", "0.015", IOWA),
    _sku("Commitment v1: E2 Ram in Americas for 1 Year", "0.002", IOWA, unit="GiBy.h"),
    _sku("E2 Custom Instance Core running in Americas", "0.026", IOWA),
    _sku("G2 Instance Core running in Americas", "0.026", IOWA),
    _sku("G2 Instance Ram running in Americas", "0.003", IOWA, unit="GiBy.h"),
    _sku("Spot Preemptible G2 Instance Core running in Americas", "0.013", IOWA),
    _sku("Spot Preemptible G2 Instance Ram running in Americas", "0.0015", IOWA, unit="GiBy.h"),
    _sku("Nvidia L4 GPU running in Americas", "1.07", IOWA),
    _sku("Nvidia L4 GPU attached to Spot Preemptible VMs running in Americas", "0.4", IOWA),
    _sku("Nvidia L4 GPU attached to DWS Defined Duration VMs running in Americas", "0.3", IOWA),
    _sku("Reserved Nvidia L4 GPU in Americas in Calendar Mode", "0.2", IOWA),
    _sku("Balanced PD Capacity", "0.105", IOWA, unit="GiBy.mo", free=True),
    _sku("Balanced PD Capacity in Netherlands", "0.115", "europe-west4", unit="GiBy.mo"),
]


class _Catalog(BaseHTTPRequestHandler):
    """Google's catalog as far as it is asked: a list of services, and pages of SKUs."""

    skus: list[dict[str, Any]] = SKUS
    size = 5
    asked: list[tuple[str, str | None]] = []  # noqa: RUF012 - replaced for each server

    def do_GET(self) -> None:
        """Answer with a page."""
        address = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        self.asked.append((address.path, self.headers.get("Authorization") or query.get("key")))
        if address.path == "/v1/services":
            names = ("Compute Engine", "Cloud SQL")
            self._answer({"services": [{"name": f"services/{name[:5]}", "displayName": name} for name in names]})
        elif address.path == "/v1/services/Compu/skus":
            start = int(query.get("pageToken") or 0)
            more = {"nextPageToken": str(start + self.size)} if start + self.size < len(self.skus) else {}
            self._answer({"skus": self.skus[start : start + self.size], **more})
        elif address.path == "/v1/services/Cloud/skus":
            self._answer({})
        else:
            self.send_error(404)

    def _answer(self, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(skus: list[dict[str, Any]] = SKUS) -> type[_Catalog]:
    return type("Handler", (_Catalog,), {"skus": skus, "asked": []})


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials as a shell has them."""
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "a-token")


@pytest.mark.usefixtures("token")
def test_catalog_is_read_page_by_page(path: Path) -> None:
    """Prices are units and nanos; free tiers come first; reserved, custom and queued SKUs are other options."""
    handler = _handler()
    with _serving(handler) as address:
        refresh(path, [], ask=address, today=TODAY, write=True)
    book = load(path)

    assert book.price("e2-vcpu", IOWA) == Decimal("0.025")
    assert book.price("e2-gib", IOWA, Purchase.SPOT) == Decimal("0.0014")
    assert book.price("g2-vcpu", IOWA) == Decimal("0.038")  # 0.026 and the four GiB that go with it
    assert book.price("nvidia-l4", IOWA) == Decimal("1.07")
    assert book.price("e2-gib", IOWA, Purchase.COMMITTED_1Y) == Decimal("0.002")
    assert book.price("pd-balanced", IOWA) == Decimal("0.105")
    assert book.price("pd-balanced", "europe-west4") == Decimal("0.115")
    assert book.price("e2-vcpu", "europe-west4") == Decimal("0.024")
    assert (book.entry("e2-vcpu").source, book.entry("e2-vcpu").date) == ("billing-catalog", TODAY)
    assert [asked for asked, _ in handler.asked].count("/v1/services/Compu/skus") == 4
    assert {said for _, said in handler.asked} == {"Bearer a-token"}


@pytest.mark.usefixtures("token")
def test_catalog_has_flex_start_prices(path: Path) -> None:
    """Where the catalog has them for hosts and GPUs, a pool with flex-start is priced with them."""
    hosts = [
        _sku("DWS Defined Duration G2 Core running in Americas", "0.012", IOWA),
        _sku("DWS Defined Duration G2 Ram running in Americas", "0.001", IOWA, unit="GiBy.h"),
    ]

    with _serving(_handler([*SKUS, *hosts])) as address:
        refresh(path, [], ask=address, today=TODAY, write=True)

    # 8 x (0.012 + 4 x 0.001) + 0.3
    assert load(path).machine_price("g2-standard-8", IOWA, Purchase.FLEX_START) == Decimal("0.428")


@pytest.mark.usefixtures("token")
def test_catalog_reports_ambiguous_prices(path: Path) -> None:
    """Descriptions are free text: where two SKUs match, neither is used."""
    handler = _handler([*SKUS, _sku("Nvidia L4 GPU running in Iowa", "0.9", IOWA)])

    with _serving(handler) as address:
        outcome = refresh(path, [], ask=address, today=TODAY, write=True)

    assert any(
        "nvidia-l4 in us-central1, on-demand: the catalog has several prices" in line for line in outcome.discrepancies
    )
    assert load(path).price("nvidia-l4", IOWA) == Decimal("0.56")


def test_catalog_requires_credentials(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message lists the possible credentials."""
    for name in ("GOOGLE_OAUTH_ACCESS_TOKEN", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(path.parent))

    with pytest.raises(UserError, match="no credentials") as caught:
        refresh(path, [], ask="http://127.0.0.1:1", today=TODAY, write=True)

    assert "GOOGLE_OAUTH_ACCESS_TOKEN or GOOGLE_API_KEY" in caught.value.hint


def test_catalog_accepts_an_api_key(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalog is public, so an API key is enough."""
    monkeypatch.delenv("GOOGLE_OAUTH_ACCESS_TOKEN", raising=False)
    monkeypatch.setenv("GOOGLE_API_KEY", "a-key")
    handler = _handler()

    with _serving(handler) as address:
        refresh(path, [], ask=address, today=TODAY, write=False)

    assert {said for _, said in handler.asked} == {"a-key"}
    assert path.read_text(encoding="utf-8") == BOOK


class _Broken(_Catalog):
    """A catalog that refuses."""

    def do_GET(self) -> None:
        """Answer that it is forbidden."""
        self.send_error(403)


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (_Broken, "answered 403"),
        (type("Empty", (_Catalog,), {"_answer": lambda self, _: _Catalog._answer(self, {})}), "no service"),
    ],
)
def test_catalog_that_refuses_is_a_user_error(path: Path, handler: type[_Catalog], words: str) -> None:
    """The address is named, without the key."""
    with _serving(handler) as address, pytest.raises(UserError, match=words) as caught:
        refresh(path, [], ask=address, today=TODAY, write=True)

    assert "a-token" not in caught.value.message


def test_prices_are_read_over_https_alone() -> None:
    """An address without TLS is refused."""
    with pytest.raises(UserError, match="over https alone"):
        refresh(FILE, ["http://example.com/pricing.yml"], ask=None, today=TODAY, write=False)


def test_delivered_catalog_rules_are_for_items_of_the_book() -> None:
    """Each rule of the catalog is for an item of the book, in a unit that the catalog has."""
    book = load()

    for item, rule in catalog.rules().items.items():
        assert book.entries[item].unit in catalog.UNITS, item
        assert all(Purchase.ON_DEMAND in part.patterns for part in rule.parts), item


# --- the command


def test_prices_refresh_check_writes_nothing(path: Path) -> None:
    """With --check the differences are printed."""
    file = path.parent / "newer"
    file.write_text(_gcosts(NEWER), encoding="utf-8")

    done = CliRunner().invoke(prices, ["refresh", "--from", str(file), "--book", str(path), "--check"])

    assert done.exit_code == 0, done.output
    assert "e2-vcpu in us-central1, on-demand: 0.021 → 0.03 (+42.9%)" in done.stdout
    assert "prices would change, 0 discrepancies" in done.stdout
    assert path.read_text(encoding="utf-8") == BOOK


def test_prices_refresh_without_source_is_bad_usage(path: Path) -> None:
    """A file, an address or --catalog is required."""
    done = CliRunner().invoke(prices, ["refresh", "--book", str(path)])

    assert isinstance(done.exception, UserError)
    assert "no source of prices" in done.exception.message


def test_prices_show_prints_a_machine_in_two_regions() -> None:
    """With purchase options, parts, and the number of sources that agree."""
    text = CliRunner().invoke(prices, ["show", "g2-standard-8", "-r", "europe-west4", "-r", "us-central1"]).stdout

    assert "0.897201806" in text
    assert "0.853624271" in text
    assert "includes 8 vCPU, 32 GiB, 1 nvidia-l4" in text
    assert "europe-west1" not in text
    assert "gcosts, skypilot" in text


def test_prices_show_prints_an_item_as_json() -> None:
    """An entry of the book with its sources; a missing price has its reason."""
    document = json.loads(CliRunner().invoke(prices, ["show", "sql-ssd", "--json"]).stdout)

    rows = {row["region"]: row for row in document["prices"]}
    assert rows["us-central1"]["prices"] == {"on-demand": "0.17"}
    assert rows["us-central1"]["sources"] == ["infracost", "google-docs"]
    assert rows["europe-west4"]["absent"] == "no sourced price of Cloud SQL in this region"


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["g2-standrd-8"], "the price book has no g2-standrd-8", "did you mean g2-standard-8?"),
        (
            ["g2-standard-8", "-r", "moon"],
            "--region moon: the price book has no price of g2-standard-8 there",
            "europe-west4",
        ),
    ],
)
def test_prices_show_of_an_unknown_item_is_a_user_error(arguments: list[str], message: str, hint: str) -> None:
    """With the nearest name, or the known regions."""
    done = CliRunner().invoke(prices, ["show", *arguments])

    assert isinstance(done.exception, UserError)
    assert message in done.exception.message
    assert hint in done.exception.hint
