"""Tests of the word check."""

from __future__ import annotations

import pytest

from tests.words.check import findings, tree, word_list


def test_finding_names_file_line_word_and_plain_word() -> None:
    """One line of the report is enough to fix the word."""
    (finding,) = findings("docs/page.md", "first line\nThe price is dearer here.\n")

    assert str(finding) == "docs/page.md:2: 'dearer' is on the word list; write: more expensive"


@pytest.mark.parametrize(
    "line",
    ["This is no problem of ours.", "The team is told.", "NOBODY may.", "a namespace of its own", "stands twice"],
)
def test_words_of_the_list_are_found(line: str) -> None:
    """Words are found in any case, and as parts of a phrase."""
    assert list(findings("a.py", line))


@pytest.mark.parametrize("line", ["It is no longer there.", "There is no cluster.", "a firewall rule", "bladders"])
def test_plain_lines_have_no_finding(line: str) -> None:
    """Standard English that shares letters with a word of the list is not a finding."""
    assert list(findings("a.py", line)) == []


def test_every_allowed_line_has_a_reason() -> None:
    """An exception without a reason is a word that was not looked at."""
    _, allowed = word_list()

    assert all(entry.reason.strip() for entry in allowed)


def test_tree_has_no_finding() -> None:
    """A word of the list in a new line fails here, with file, line and the plain word."""
    assert [str(finding) for finding in tree()] == []
