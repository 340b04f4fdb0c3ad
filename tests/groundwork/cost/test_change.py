"""What a change costs: before, after and the difference, in all and by team and component."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from groundwork import policy_client
from groundwork.commands.graph import graph as graph_command
from groundwork.commands.preview import preview
from groundwork.cost.change import Comparison
from groundwork.cost.request import Request
from groundwork.diff.compare import between
from groundwork.graph import Graph
from groundwork.preview import cost_report, markdown_report, planning, text_report
from groundwork.preview.pricing import compare_costs
from groundwork.project import Project
from tests.groundwork.cost.resources import pool, resource, stack

L4: dict[str, Any] = {"guestAccelerators": [{"type": "nvidia-l4", "count": 1}]}
SPOT = pool("train", "g2-standard-8", "europe-west4", (0, 2), spot=True, **L4)
FIRM = pool("train", "g2-standard-8", "europe-west4", (0, 2), spot=False, **L4)
SYSTEM = pool("system", "e2-standard-4", "europe-west4", (1, 3), team="platform")
BUCKET = resource("gcp:storage/bucket:Bucket", "data-raw-bucket", {"location": "EUROPE-WEST4"})


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a stack and without usage."""
    (tmp_path / "Pulumi.yaml").write_text("name: sample\nruntime: python\n", encoding="utf-8")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n", encoding="utf-8")
    return Project.at(tmp_path)


def _compared(project: Project, before: Graph | None, after: Graph) -> Comparison:
    return compare_costs(project, Request(), before, after, between(before, after))


def test_from_spot_to_on_demand(project: Project) -> None:
    """In money and percent, by team and by component, at both ends. The figures are those of test_estimate."""
    # 1460 x 0.47082 = 687.40 becomes 1460 x 0.897201806 = 1309.91; disks stay at 22.00, and the other pool at 356.12
    document = _compared(project, stack(SPOT, SYSTEM), stack(FIRM, SYSTEM)).to_json()

    change = {"low": "0.00", "high": "622.51", "lowPercent": None, "highPercent": "87.8"}
    assert document["before"]["high"] == "1065.52"
    assert document["after"]["high"] == "1688.03"
    assert document["change"]["high"] == "622.51"
    assert document["change"]["highPercent"] == "58.4"
    assert document["change"]["lowPercent"] == "0.0"
    assert document["change"]["byTeam"] == {"vision": change}
    assert document["change"]["byResource"] == {SPOT.urn: change}
    assert document["after"]["byTeam"]["platform"] == document["before"]["byTeam"]["platform"]


def test_without_a_base_all_is_new(project: Project) -> None:
    """There is no before, and the change is the whole."""
    document = _compared(project, None, stack(SPOT)).to_json()

    assert document["before"] is None
    assert document["change"]["high"] == document["after"]["high"] == "709.40"
    assert document["change"]["highPercent"] is None


def test_what_goes_is_cheaper(project: Project) -> None:
    """A pool that is gone is a difference below nought, and a team that no longer spends is listed."""
    compared = _compared(project, stack(SPOT, SYSTEM), stack(SYSTEM))

    assert str(compared.total.high) == "-709.40"
    assert compared.to_json()["change"]["byTeam"]["vision"]["highPercent"] == "-100.0"
    assert "-709.40 (-66.6%) at the most, the same at the least" in cost_report.headline(compared)


def test_a_renamed_pool_costs_what_it_did(project: Project) -> None:
    """A resource that an alias finds under its earlier URN is one resource, with the use that it had."""
    old = dataclasses.replace(BUCKET, urn=BUCKET.urn.replace("data-raw", "raw"), name="raw-bucket")
    new = dataclasses.replace(BUCKET, aliases=(old.urn,))
    usage = project.root / "usage.yaml"
    usage.write_text("buckets: {raw: {stored_gib: 1000}}\n", encoding="utf-8")

    before, after = stack(old), stack(new)
    compared = compare_costs(project, Request(usage=usage), before, after, between(before, after))

    assert str(compared.total.before.high) == str(compared.total.after.high) == "20.00"
    assert not any(compared.by_resource().values())


def _report(project: Project, before: Graph | None, after: Graph) -> planning.Report:
    cost = _compared(project, before, after)
    verdict = policy_client.Verdict(("labels",), ())
    against = None if before is None else "HEAD~1"
    return planning.Report(after, against, between(before, after), verdict, decides_replacements=False, cost=cost)


def _text(report: planning.Report) -> str:
    console = Console(file=io.StringIO(), width=200, highlight=False)
    text_report.show(report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_reviewer_reads_the_difference(project: Project) -> None:
    """Text and Markdown say the sum, the change in money and percent, and whose it is."""
    report = _report(project, stack(SPOT, SYSTEM), stack(FIRM, SYSTEM))
    text, markdown = _text(report), markdown_report.text(report)

    line = "118.71 to 1,688.03 USD a month, was 118.71 to 1,065.52: +622.51 (+58.4%) at the most, the same at the least"
    assert f"Cost     {line}" in text
    assert f"**Cost: {line}**" in markdown
    assert "team vision  +622.51 (+87.8%) at the most" in text
    assert "| `vision` | +622.51 (+87.8%) at the most, the same at the least |" in markdown


def test_a_price_that_is_gone_is_no_saving(project: Project) -> None:
    """The sum falls where a machine type is mistyped, and the report names the pool that it leaves out, and why."""
    mistyped = pool("system", "e2-standard-5", "europe-west4", (1, 3), team="platform")
    report = _report(project, stack(SPOT, SYSTEM, BUCKET), stack(SPOT, mistyped, BUCKET))
    text, markdown = _text(report), markdown_report.text(report)

    assert "-356.12" in text
    assert "  not priced system  the price book has no e2-standard-5\n" in text
    assert (
        "| not priced in what changes | why |\n|---|---|\n| `system` | the price book has no e2-standard-5 |"
        in markdown
    )
    assert "data-raw-bucket" not in text


def test_a_plan_without_a_base_has_its_cost(project: Project) -> None:
    """No difference is made up where there is nothing to differ from."""
    report = _report(project, None, stack(SPOT))

    assert "Cost     0.00 to 709.40 USD a month\n" in _text(report)
    assert "| `vision` | 0.00 to 709.40 |" in markdown_report.text(report)


def test_no_change_is_said(project: Project) -> None:
    """The sum stands there, and that it stays."""
    assert "1,065.52 USD a month, unchanged" in _text(_report(project, stack(SPOT, SYSTEM), stack(SPOT, SYSTEM)))


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch, project: Project) -> Path:
    """A project whose plan is a pool on demand, and was the same pool as spot."""
    monkeypatch.setattr(planning, "plan", lambda _project, _stack, _engine: stack(FIRM))
    monkeypatch.setattr(planning, "_before", lambda *_: stack(SPOT))
    monkeypatch.setattr(policy_client, "judge", lambda *_: policy_client.Verdict(("labels",), ()))
    return project.root


def test_previews_as_json_have_the_cost(planned: Path) -> None:
    """The contract: before, after, change."""
    done = CliRunner().invoke(preview, ["--engine", "sdk", "--against", "HEAD", "--json"], obj=planned)

    cost = json.loads(done.stdout)["cost"]
    assert (cost["before"]["high"], cost["after"]["high"], cost["change"]["high"]) == ("709.40", "1331.91", "622.51")


def test_previews_are_priced_as_asked(planned: Path) -> None:
    """Committed for a year, a pool that is not spot costs less than on demand."""
    done = CliRunner().invoke(
        preview, ["--engine", "sdk", "--against", "HEAD", "--json", "--purchase", "committed-1y"], obj=planned
    )

    cost = json.loads(done.stdout)["cost"]
    assert cost["purchase"] == "committed-1y"
    # 1460 x (8 x 0.02430001 + 0.37083709) = 825.25, 22.00
    assert cost["after"]["high"] == "847.25"


def test_graphs_have_the_cost(planned: Path) -> None:
    """The document of the graph says what each resource costs."""
    done = CliRunner().invoke(graph_command, ["--engine", "sdk", "--json"], obj=planned)

    document = json.loads(done.stdout)
    assert document["cost"]["byResource"] == {FIRM.urn: {"low": "0.00", "high": "1331.91"}}
    assert {"stack", "engine", "nodes"} <= set(document)
