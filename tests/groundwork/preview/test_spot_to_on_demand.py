"""A commit changes a pool from spot to on-demand GPUs: the preview's cost and budget violations.

The pool has up to two g2-standard-8: 1460 hours at 0.47082 as spot are 687.40 dollars, and 1309.91 at 0.897201806 on
demand; its disks are 44.00 in both cases. The difference is 622.51.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from groundwork.cost.request import Request
from groundwork.preview import markdown_report, planning, text_report
from groundwork.project import Project
from tests.groundwork.projects import copied, git, run

POLICIES = "policy/policies.yaml"
QUOTA = "        preemptible:\n          europe-west4: {nvidia-l4: 4, nvidia-tesla-a100: 1}\n"
STRICT = "stacks:\n  dev:\n    budget-headroom: {level: mandatory}\n"

BEFORE, AFTER = "234.06 to 2,896.57", "234.06 to 3,519.08"
STACK = (
    "dev: the maximum cost is 3,519.08 USD a month, 569.08 above the budget of 2,950: "
    "raise billing.monthly_budget or declare less"
)
TEAM = (
    "dev/platform: the maximum cost is 3,482.28 USD a month, 582.28 above the budget of 2,900: "
    "raise teams.platform.monthly_budget (ownership.monthly_budget for the team of the platform) or declare less"
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with two commits: the pool is spot in the first and on-demand in the second."""
    folder = copied(tmp_path_factory.mktemp("spot"))
    # The quota that the pack requires for on-demand GPUs.
    _edit(folder / POLICIES, QUOTA, f"        regular:\n          europe-west4: {{nvidia-l4: 2}}\n{QUOTA}")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "spot")
    machine = "machine_type: g2-standard-8\n      capacity:"
    _edit(folder / "Pulumi.dev.yaml", f"{machine} spot", f"{machine} on-demand")
    git(folder, "commit", "-qam", "on demand")
    return folder


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_reports_have_the_cost_and_the_exceeded_budgets(copy: Path) -> None:
    """Text and Markdown have the cost before and after, the change by team and component, and each exceeded budget."""
    report = planning.preview(Project.at(copy), "dev", "sdk", "HEAD~1", Request())
    console = Console(file=io.StringIO(), width=200, highlight=False, soft_wrap=True)
    text_report.show(report, console)
    assert isinstance(console.file, io.StringIO)
    text, markdown = console.file.getvalue(), markdown_report.text(report)

    line = f"{AFTER} USD a month, was {BEFORE}: +622.51 (+21.5%) at the high end, unchanged at the low end"
    assert f"Cost     {line}\n" in text
    assert "  team platform  +622.51 (+21.8%) at the high end, unchanged at the low end\n" in text
    assert "  component gpu-main.l4  +622.51 (+85.1%) at the high end, unchanged at the low end\n" in text
    assert f"✗ budget-headroom (advisory): {STACK}\n" in text
    assert f"✗ budget-headroom (advisory): {TEAM}\n" in text
    assert "2 violations" in text

    assert f"**Cost: {line}**" in markdown
    assert "| `platform` | +622.51 (+21.8%) at the high end, unchanged at the low end |" in markdown
    assert "| `gpu-main.l4` | +622.51 (+85.1%) at the high end, unchanged at the low end |" in markdown
    assert f"| `budget-headroom` | advisory | {STACK} | `budget-stack-budget` |" in markdown
    assert f"| `budget-headroom` | advisory | {TEAM} | `budget-team-platform-budget` |" in markdown
    assert "⚠️ policy" in markdown

    # Advisory violations do not stop an update.
    assert report.verdict.mandatory == []


def test_json_has_the_cost_and_a_mandatory_budget_exits_1(copy: Path) -> None:
    """The document has the figures of the reports; `policies.yaml` makes the rule mandatory."""
    _edit(copy / POLICIES, "stacks:\n  dev:\n", STRICT)

    done = run(copy, "preview", "--engine", "sdk", "--against", "HEAD~1", "--json")

    assert done.returncode == 1
    document = json.loads(done.stdout)
    cost = document["cost"]
    ends = ({"low": "234.06", "high": "2896.57"}, {"low": "234.06", "high": "3519.08"})
    assert tuple({key: cost[side][key] for key in ("low", "high")} for side in ("before", "after")) == ends
    pool = {"low": "0.00", "high": "622.51", "lowPercent": None, "highPercent": "85.1"}
    team = {"low": "0.00", "high": "622.51", "lowPercent": "0.0", "highPercent": "21.8"}
    (urn,) = cost["change"].pop("byResource")
    assert urn.endswith("::gpu-main.l4-pool")
    assert cost["change"] == {
        "low": "0.00",
        "high": "622.51",
        "lowPercent": "0.0",
        "highPercent": "21.5",
        "byTeam": {"platform": team},
        "byComponent": {"gpu-main.l4": pool},
    }
    assert [(found["rule"], found["level"], found["message"]) for found in document["policy"]["violations"]] == [
        ("budget-headroom", "mandatory", STACK),
        ("budget-headroom", "mandatory", TEAM),
    ]
