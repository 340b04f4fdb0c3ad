"""``groundwork cost``: the report and the JSON document."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from groundwork.commands.cost import cost
from groundwork.cost import estimate, load, tables
from groundwork.graph import Graph
from groundwork.preview import planning
from tests.conftest import ROOT
from tests.groundwork.cost.resources import pool, resource, stack

GRAPH = stack(
    pool("small", "e2-standard-4", "europe-west4", (1, 3)),
    pool("large", "a2-highgpu-8g", "europe-west4", (0, 4), team="forecasting"),
    resource("gcp:storage/bucket:Bucket", "raw", {"location": "EU"}),
)


def _text(graph: Graph, today: dt.date) -> str:
    console = Console(file=io.StringIO(), width=200, highlight=False)
    tables.show(estimate(graph, load()), console, today)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_report_shows_range_and_excluded_costs() -> None:
    """Totals, the most expensive first, the reasons, and the date and age of the prices."""
    text = _text(GRAPH, dt.date(2027, 1, 18))

    assert "118.71 to 87,952.75 USD" in text
    assert text.index("large") < text.index("small")
    assert "depends on stored bytes, operations and traffic: raw" in text
    assert "of 2026-09-20, 120 days old" in text
    assert "older than" not in text


def test_report_warns_of_old_prices() -> None:
    """The warning starts after 120 days."""
    assert "older than 120 days" in _text(GRAPH, dt.date(2027, 1, 19))


def test_report_names_the_oldest_price() -> None:
    """A single price can be years older than the book."""
    database = resource(
        "gcp:sql/databaseInstance:DatabaseInstance",
        "d",
        {
            "databaseVersion": "MYSQL_8_0",
            "region": "us-central1",
            "settings": {"tier": "db-f1-micro", "diskType": "PD_SSD", "diskSize": 10, "diskAutoresize": False},
        },
    )

    assert "the oldest price used here is of 2024-07-01" in _text(stack(database), dt.date(2026, 10, 1))


def test_report_of_an_empty_stack_is_zero() -> None:
    """The total is 0.00, and there is no list of excluded costs."""
    text = _text(stack(), dt.date(2026, 10, 1))

    assert "0.00 to 0.00 USD" in text
    assert "Not included" not in text


# A line of the book for g2-standard-8 in europe-west4, and its replacements.
L4 = '      europe-west4: {price: "0.03857144", spot: "0.02024", '
BAD_BOOKS = {
    "spot above on demand": (
        L4.replace("0.02024", "0.2"),
        "entries.g2-vcpu.prices.europe-west4.spot: spot 0.2 is above",
    ),
    "marker": (
        L4.replace("0.03857144", "700.0"),
        "entries.g2-vcpu.prices.europe-west4.price: 700.0 for one vcpu-hour is",
    ),
    "hole": ("      # ", "entries.g2-vcpu.prices: europe-west4 is missing"),
    "sources disagree": (
        L4 + 'second: {source: infracost, price: "0.05"}, ',
        "entries.g2-vcpu.prices.europe-west4.second: 0.05 and 0.03857144 differ by more than a hundredth",
    ),
}


@pytest.mark.parametrize("case", BAD_BOOKS)
def test_invalid_book_is_one_message_with_exit_code_2(tmp_path: Path, case: str) -> None:
    """Through the command line: the file, the line and the key path, and no traceback."""
    line, words = BAD_BOOKS[case]
    shutil.copytree(ROOT / "groundwork", tmp_path / "groundwork", ignore=shutil.ignore_patterns("__pycache__"))
    book = tmp_path / "groundwork" / "cost" / "prices.yaml"
    text = book.read_text(encoding="utf-8")
    assert text.count(L4) == 1
    book.write_text(text.replace(L4, line), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "groundwork", "prices", "show", "g2-standard-8"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert re.search(rf"groundwork/cost/prices\.yaml:\d+: {re.escape(words)}", done.stderr)
    assert "Traceback" not in done.stderr


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A project whose plan is the sample."""
    (tmp_path / "Pulumi.yaml").write_text("name: sample\nruntime: python\n", encoding="utf-8")
    monkeypatch.setattr(
        planning, "plan", lambda _project, stack, engine: dataclasses.replace(GRAPH, stack=stack, engine=engine)
    )
    return tmp_path


def test_cost_json_prints_the_document_alone(planned: Path) -> None:
    """The command plans the stack that is named."""
    done = CliRunner().invoke(cost, ["--stack", "prod", "--engine", "sdk", "--json"], obj=planned)

    document = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (document["stack"], document["low"], document["high"]) == ("prod", "118.71", "87952.75")
    assert set(document) == {
        "stack", "currency", "priceBook", "purchase", "low", "high", "byTeam", "byComponent", "resources", "unpriced",
    }  # fmt: skip


def test_cost_prints_the_report(planned: Path) -> None:
    """Without --json the command prints the report."""
    done = CliRunner().invoke(cost, ["--engine", "sdk"], obj=planned)

    assert done.exit_code == 0
    assert "Cost of dev" in done.stdout
