"""Tests of the benchmarks, without a clock: what they measure runs, and ratios are of the right things."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.measure import Duration, measure, ratio
from bench.teams import project_with_teams
from stacks.settings import Settings, read_any
from tests.conftest import ROOT


def test_project_with_teams_has_valid_settings_with_the_teams(tmp_path: Path) -> None:
    """A benchmark of teams that the settings refuse would measure an error."""
    settings = read_any(project_with_teams(ROOT, tmp_path / "copy", 3) / "Pulumi.dev.yaml")

    assert isinstance(settings, Settings)
    assert {"team-000", "team-001", "team-002"} < settings.teams.keys()


def test_measure_keeps_the_shortest_round_of_each_command(tmp_path: Path) -> None:
    """Each command runs once a round, and findings of the policy pack do not end the run."""
    log = tmp_path / "log"
    write = f"open({str(log)!r}, 'a').write('x'); raise SystemExit(1)"
    durations = measure({"write": [sys.executable, "-c", write]}, tmp_path, rounds=2)

    assert log.read_text(encoding="utf-8") == "xx"
    assert durations["write"].elapsed > 0


def test_measure_ends_where_a_command_fails(tmp_path: Path) -> None:
    """A command that does not work has no duration."""
    with pytest.raises(subprocess.CalledProcessError):
        measure({"broken": [sys.executable, "-c", "raise SystemExit(2)"]}, tmp_path, rounds=1)


def test_ratio_divides_the_first_by_the_second() -> None:
    """The base is what a plan cannot be faster than."""
    durations = {"plan": Duration(3.0, 2.0), "imports": Duration(2.0, 1.0)}

    assert ratio(durations, "plan", "imports") == (
        "plan / imports: 1.50 by the clock, 2.00 by the processor (3.00 s / 2.00 s)"
    )
