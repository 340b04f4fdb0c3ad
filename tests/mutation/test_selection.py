"""Tests of the choice of tests for a mutant."""

from __future__ import annotations

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
    return Selection(tmp_path / "data", file)


def test_tests_that_reach_rare_lines_of_the_file_are_first(selection: Selection) -> None:
    """A call is noticed by the test that reaches the last line of the function that it calls."""
    assert selection.tests(3) == ["tests/test_b.py::test_b", "tests/test_a.py::test_a", "tests/test_c.py::test_c"]


def test_limit_is_the_largest_number_of_tests(selection: Selection) -> None:
    """The most specific tests remain."""
    assert selection.tests(3, limit=1) == ["tests/test_b.py::test_b"]


def test_tests_of_other_functions_are_not_chosen(selection: Selection) -> None:
    """A test that does not run the function cannot notice a mutant in it."""
    assert selection.tests(6) == ["tests/test_b.py::test_b", "tests/test_a.py::test_a"]
