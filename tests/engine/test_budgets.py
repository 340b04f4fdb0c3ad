"""The budget rules under the real engine reckon with the figures of `groundwork cost`, usage included."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from groundwork.preview import planning, pricing
from tests.conftest import ROOT
from tests.engine.conftest import Engine

pytestmark = pytest.mark.usefixtures("needs_plugins")

USAGE = "buckets: {models: {stored_gib: 5000}}\n"


@pytest.fixture
def budgeted(engine: Engine) -> Engine:
    """A project with a pack and a usage file of its own, whose stack may cost a dollar."""
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


def test_the_gate_speaks_of_what_the_command_line_prints(budgeted: Engine) -> None:
    """The engine starts the pack in a folder of its own, and the usage of the project is found all the same."""
    graph = planning.plan(budgeted.project, "dev", "sdk")
    low = pricing.price(budgeted.project, pricing.Request(), graph).total.low
    _usage(budgeted.project.root, "{}\n")
    less = pricing.price(budgeted.project, pricing.Request(), graph).total.low
    _usage(budgeted.project.root, USAGE)
    assert low - less == 100  # 5000 GiB at 0.02

    done = budgeted.run("preview", "--stack", "dev", "--policy-pack", "policy")

    assert done.returncode != 0
    assert "[mandatory]  budgets" in done.stdout
    assert f"dev: the minimum cost is {low:,} USD a month, {low - 1:,} above the budget of 1: " in done.stdout


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        ("buckets: {modles: {stored_gib: 1}}\n", "buckets.modles: the stack has no data-modles-bucket (did you mean"),
        ("buckets: {\n", "usage/dev.yaml:2: "),
    ],
)
def test_usage_that_is_wrong_is_one_message(budgeted: Engine, usage: str, words: str) -> None:
    """The engine stops with the file and the key, and no traceback of the pack."""
    _usage(budgeted.project.root, usage)

    done = budgeted.run("preview", "--stack", "dev", "--policy-pack", "policy")
    said = done.stdout + done.stderr

    assert done.returncode != 0
    assert words in said
    # The engine ends the program where it stands, and the SDK writes where that was; the pack raises nothing.
    assert "policy/" not in "".join(re.findall(r'File "[^"]*"', said))
