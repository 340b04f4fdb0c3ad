"""Tests of the choice of tests for a mutant."""

from __future__ import annotations

import json
from pathlib import Path

import coverage
import pytest

from tests.mutation.selection import Selection

SOURCE = """\
def check(values):
    for value in values:
        yield from _part(value)

def _part(value):
    if value:
        yield value
"""
# The lines that each test runs: every test calls both functions, and one of them reaches the last line.
LINES = {"tests/test_a.py::test_a": [2, 3, 6], "tests/test_b.py::test_b": [2, 3, 6, 7], "tests/test_c.py::test_c": [2]}
SECONDS = {"tests/test_a.py::test_a": 0.1, "tests/test_b.py::test_b": 0.1, "tests/test_c.py::test_c": 0.1}


@pytest.fixture
def selection(tmp_path: Path) -> Selection:
    """The selection for the source."""
    file = tmp_path / "source.py"
    file.write_text(SOURCE)
    measured = coverage.CoverageData(basename=str(tmp_path / "data"))
    for test, lines in LINES.items():
        measured.set_context(test)
        measured.add_lines({str(file): lines})
    measured.write()
    (tmp_path / "data.json").write_text(json.dumps(SECONDS))
    return Selection(tmp_path / "data", file)


def test_tests_that_reach_rare_lines_of_the_file_are_first(selection: Selection) -> None:
    """A call is noticed by the test that reaches the last line of the function that it calls."""
    assert selection.tests(3) == ["tests/test_b.py::test_b", "tests/test_a.py::test_a", "tests/test_c.py::test_c"]


def test_fast_tests_come_before_slow_ones(tmp_path: Path, selection: Selection) -> None:
    """The slow test runs a rare line, but the fast one has run a hundred times by then."""
    (tmp_path / "data.json").write_text(json.dumps({**SECONDS, "tests/test_b.py::test_b": 10}))
    slow = Selection(tmp_path / "data", tmp_path / "source.py")

    assert selection.tests(6)[0] == "tests/test_b.py::test_b"
    assert slow.tests(6)[0] == "tests/test_a.py::test_a"


def test_limit_is_the_largest_number_of_tests(selection: Selection) -> None:
    """The most specific tests remain."""
    assert selection.tests(3, limit=1) == ["tests/test_b.py::test_b"]


def test_tests_of_other_functions_are_not_chosen(selection: Selection) -> None:
    """A test that does not run the function cannot notice a mutant in it."""
    assert selection.tests(6) == ["tests/test_b.py::test_b", "tests/test_a.py::test_a"]
