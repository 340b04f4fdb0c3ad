"""The budget rules under the Pulumi engine use the figures of `groundwork cost`, usage included."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from groundwork.cost.request import Request, price
from groundwork.preview import planning
from tests.conftest import ROOT
from tests.engine.conftest import Engine

pytestmark = pytest.mark.usefixtures("providers")

USAGE = "buckets: {models: {stored_gib: 5000}}\n"


@pytest.fixture
def budgeted(engine: Engine) -> Engine:
    """A project with a separate pack and usage file, and a budget of one dollar."""
    root = engine.project.root
    for name in ("policy", "usage"):
        (root / name).unlink()
    shutil.copytree(ROOT / "policy", root / "policy", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "runbooks").symlink_to(ROOT / "runbooks")
    (root / "usage").mkdir()
    _usage(root, USAGE)
    settings = root / "Pulumi.dev.yaml"
    text, times = re.subn(r"monthly_budget: 2950", "monthly_budget: 1", settings.read_text(encoding="utf-8"))
    assert times == 1
    settings.write_text(text, encoding="utf-8")
    engine.run("stack", "init", "dev")
    return engine


def _usage(root: Path, text: str) -> None:
    (root / "usage" / "dev.yaml").write_text(text, encoding="utf-8")


def test_violation_has_the_figures_of_the_command_line(budgeted: Engine) -> None:
    """The engine starts the pack in another folder, from which it finds the usage file of the project."""
    graph = planning.plan(budgeted.project, "dev", "sdk")
    low = price(budgeted.project.root, Request(), graph).total.low
    _usage(budgeted.project.root, "{}\n")
    less = price(budgeted.project.root, Request(), graph).total.low
    _usage(budgeted.project.root, USAGE)
    assert low - less == 100  # 5000 GiB at 0.02

    done = budgeted.run("preview", "--stack", "dev", "--policy-pack", "policy")

    assert done.returncode != 0
    assert "[mandatory]  budgets" in done.stdout
    assert f"dev: the minimum cost is {low:,} USD a month, {low - 1:,} above the budget of 1: " in done.stdout


@pytest.mark.parametrize(
    ("usage", "message"),
    [
        ("buckets: {modles: {stored_gib: 1}}\n", "buckets.modles: the stack has no data-modles-bucket (did you mean"),
        ("buckets: {\n", "usage/dev.yaml:2: "),
    ],
)
def test_invalid_usage_is_one_message(budgeted: Engine, usage: str, message: str) -> None:
    """The engine stops with the file and the key, without a traceback of the pack."""
    _usage(budgeted.project.root, usage)

    done = budgeted.run("preview", "--stack", "dev", "--policy-pack", "policy")
    output = done.stdout + done.stderr

    assert done.returncode != 0
    assert message in output
    # The engine kills the program, for which the SDK prints a traceback; the pack raises nothing.
    assert "policy/" not in "".join(re.findall(r'File "[^"]*"', output))
