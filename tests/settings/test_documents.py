"""What YAML makes of a value, and where a key stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from stacks.settings import SettingsError
from stacks.settings.core.problems import DEEP, PREFIX, shown
from tests.cloud_settings import read_file
from tests.settings.conftest import Read
from tests.settings.samples import edited, line_of


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("2026-99-03", "timestamp"),
        ("2026-02-30T01:00:00Z", "timestamp"),
        ("!!int x", "int"),
        ("!!int ''", "int"),
        ("!!float x", "float"),
        ("!!bool x", "bool"),
        ("1" * 5000, "int"),
    ],
)
def test_a_value_that_only_looks_like_one_is_shown_by_line(read: Read, value: str, kind: str) -> None:
    """A date in no calendar is no YAML: the problem says where, and how to write it as text."""
    text = edited(("environment: dev", f"environment: {value}"))
    problems = read(text)

    assert [line_of(text, "environment:")] == [problem.line for problem in problems]
    assert problems[0].hint == "put text in quotes"
    assert problems[0].message.startswith("is not valid YAML: ")
    assert problems[0].message.endswith(f"is not a valid {kind}")
    assert len(problems[0].message) < 100


@pytest.mark.parametrize(
    "text",
    [
        f"config: {{a: {'[' * 300}{']' * 300}}}",
        f"config: {{groundwork:groups: {'{a: ' * 300}x{'}' * 300}}}",
    ],
)
def test_what_is_nested_too_deeply_is_one_problem(read: Read, text: str) -> None:
    """No traceback, however deep."""
    assert [problem.message for problem in read(text)] == [DEEP]


@pytest.mark.parametrize("value", ["&a [*a]", "{&k x: *k}", "[[&b [*b]]]", "&c {x: *c}"])
def test_a_value_that_holds_itself_is_a_wrong_value(read: Read, value: str) -> None:
    """An alias inside its own anchor ends in a problem and not in a loop."""
    problems = read(edited(("environment: dev", f"environment: {value}")))

    assert [f"{PREFIX}environment"] == [problem.path for problem in problems]


def test_a_name_that_no_file_can_have_is_a_missing_file() -> None:
    """A NUL in a path is no reason for a traceback."""
    with pytest.raises(SettingsError, match="cannot be read: embedded null"):
        read_file(Path("Pulumi.\0.yaml"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("deletion_protection: false", "deletion_protection: &protected false"),
        ("max_nodes: 3\n", "max_nodes: &most 3\n"),
        ("flow_log_sampling: 0.1", "flow_log_sampling: &share 0.1"),
        ("only_dir: vision", "only_dir: &folder vision"),
        ("only_dir: vision", "only_dir: !!str vision"),
        ("{max: 4, storage_gib: 50}", "{max: &max 4, storage_gib: 50}"),
        ("max_nodes: 3\n", "max_nodes: 0x3\n"),
    ],
)
def test_anchors_and_notations_change_no_value(read: Read, old: str, new: str) -> None:
    """A value with a name is the value, and so is a number in another notation."""
    assert not read(edited((old, new)))


@pytest.mark.parametrize(
    ("value", "given"),
    [
        ("!!binary aGVsbG8=", "b'hello'"),
        ("!vault dev", "dev"),
        ("2026-01-03", "2026-01-03"),
        ("2026", "2026"),
        ("true", "true"),
        (f"0x{'f' * 6000}", "a number of 7225 digits"),
    ],
)
def test_a_value_with_another_meaning_is_no_text(read: Read, value: str, given: str) -> None:
    """The engine would make something else of it, so nobody guesses."""
    problems = read(edited(("environment: dev", f"environment: {value}")))

    assert [f"expected text, found {given}"] == [problem.message for problem in problems]


def test_a_number_is_shown_however_large() -> None:
    """Python refuses to write out thousands of digits; a message counts them."""
    assert shown(10**59) == str(10**59)
    assert shown(10**5000) == "a number of 5000 digits"
    assert shown(-(10**5000)) == "a number of 5000 digits"


@pytest.mark.parametrize("key", ["aws.region:x", "groundwork.x:y.z", "a[0]:b", "a.b", "a:"])
def test_a_key_with_a_dot_has_its_line(read: Read, key: str) -> None:
    """A path is read by the keys that are there, and not cut at each dot."""
    text = edited(("  groundwork:projects:", f"  {key!r}: x\n  groundwork:projects:"))

    assert [(key, line_of(text, f"  {key!r}"))] == [(problem.path, problem.line) for problem in read(text)]


def test_a_key_with_a_dot_inside_a_section_has_its_line(read: Read) -> None:
    """So has a key below a key with a dot, and the longest key wins."""
    text = edited(("  groundwork:groups:\n", "  groundwork:groups:\n    a: {}\n    a.email:\n      email: 1\n"))

    assert {
        (f"{PREFIX}groups.a.email", "'a.email' is not valid", line_of(text, "    a.email")),
        (f"{PREFIX}groups.a.email", "is missing", line_of(text, "    a.email")),
        (f"{PREFIX}groups.a.email.email", "expected text, found 1", line_of(text, "      email: 1")),
    } == {(problem.path, problem.message, problem.line) for problem in read(text)}
