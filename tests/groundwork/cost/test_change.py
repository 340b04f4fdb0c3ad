"""Cost of a change: before, after and the difference, in total and by team and component."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
from pathlib import Path
from types import SimpleNamespace
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


def test_comparison_of_spot_with_on_demand(project: Project) -> None:
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


def test_comparison_without_baseline_counts_everything_as_new(project: Project) -> None:
    """`before` is null, and the change equals the total."""
    document = _compared(project, None, stack(SPOT)).to_json()

    assert document["before"] is None
    assert document["change"]["high"] == document["after"]["high"] == "709.40"
    assert document["change"]["highPercent"] is None


def test_comparison_of_a_deleted_pool_is_negative(project: Project) -> None:
    """The difference is below zero, and a team without any cost left is listed."""
    compared = _compared(project, stack(SPOT, SYSTEM), stack(SYSTEM))

    assert str(compared.total.high) == "-709.40"
    assert compared.to_json()["change"]["byTeam"]["vision"]["highPercent"] == "-100.0"
    assert "-709.40 (-66.6%) at the high end, unchanged at the low end" in cost_report.headline(compared)


def test_comparison_follows_renamed_resources(project: Project) -> None:
    """A resource with an alias is one resource, with its usage of before."""
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


def test_reports_show_cost_and_change(project: Project) -> None:
    """Text and Markdown have the total, the change in money and percent, and the team."""
    report = _report(project, stack(SPOT, SYSTEM), stack(FIRM, SYSTEM))
    text, markdown = _text(report), markdown_report.text(report)

    difference = "+622.51 (+58.4%) at the high end, unchanged at the low end"
    line = f"118.71 to 1,688.03 USD a month, was 118.71 to 1,065.52: {difference}"
    assert f"Cost     {line}" in text
    assert f"**Cost: {line}**" in markdown
    assert "team vision  +622.51 (+87.8%) at the high end" in text
    assert "| `vision` | +622.51 (+87.8%) at the high end, unchanged at the low end |" in markdown


def test_reports_name_costs_that_are_no_longer_included(project: Project) -> None:
    """A misspelled machine type lowers the total; the report names the excluded pool, and the reason."""
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


def test_report_without_baseline_has_no_difference(project: Project) -> None:
    """The report has the total alone."""
    report = _report(project, None, stack(SPOT))

    assert "Cost     0.00 to 709.40 USD a month\n" in _text(report)
    assert "| `vision` | 0.00 to 709.40 |" in markdown_report.text(report)


def test_report_says_that_cost_is_unchanged(project: Project) -> None:
    """The report has the total, and says that it is unchanged."""
    assert "1,065.52 USD a month, unchanged" in _text(_report(project, stack(SPOT, SYSTEM), stack(SPOT, SYSTEM)))


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch, project: Project) -> Path:
    """A project whose plan is a pool on demand, and was the same pool as spot."""
    monkeypatch.setattr(planning, "plan", lambda _project, _stack, _engine: stack(FIRM))
    monkeypatch.setattr(planning, "_before", lambda *_: stack(SPOT))
    pack = SimpleNamespace(judge=lambda *_: policy_client.Verdict(("labels",), ()))
    monkeypatch.setattr(policy_client.Pack, "start", lambda *_: contextlib.nullcontext(pack))
    return project.root


def test_preview_json_has_before_after_and_change(planned: Path) -> None:
    """The contract of `preview --json`."""
    done = CliRunner().invoke(preview, ["--engine", "sdk", "--against", "HEAD", "--json"], obj=planned)

    cost = json.loads(done.stdout)["cost"]
    assert (cost["before"]["high"], cost["after"]["high"], cost["change"]["high"]) == ("709.40", "1331.91", "622.51")


def test_preview_uses_the_purchase_option(planned: Path) -> None:
    """With a commitment of one year, a pool that is not spot costs less than on demand."""
    done = CliRunner().invoke(
        preview, ["--engine", "sdk", "--against", "HEAD", "--json", "--purchase", "committed-1y"], obj=planned
    )

    cost = json.loads(done.stdout)["cost"]
    assert cost["purchase"] == "committed-1y"
    # 1460 x (8 x 0.02430001 + 0.37083709) = 825.25, 22.00
    assert cost["after"]["high"] == "847.25"


def test_graph_json_has_the_cost_of_each_resource(planned: Path) -> None:
    """The contract of `graph --json`."""
    done = CliRunner().invoke(graph_command, ["--engine", "sdk", "--json"], obj=planned)

    document = json.loads(done.stdout)
    assert document["cost"]["byResource"] == {FIRM.urn: {"low": "0.00", "high": "1331.91"}}
    assert {"stack", "engine", "nodes"} <= set(document)
