"""Values that YAML parses, and lines of keys."""

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
def test_invalid_scalar_is_reported_with_its_line(read: Read, value: str, kind: str) -> None:
    """A date that does not exist is not valid YAML: the problem has the line, and the hint suggests quotes."""
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
def test_deep_nesting_is_one_problem(read: Read, text: str) -> None:
    """Deep nesting raises no RecursionError."""
    assert [problem.message for problem in read(text)] == [DEEP]


@pytest.mark.parametrize("value", ["&a [*a]", "{&k x: *k}", "[[&b [*b]]]", "&c {x: *c}"])
def test_recursive_alias_is_an_invalid_value(read: Read, value: str) -> None:
    """An alias inside its own anchor is a problem and not an endless loop."""
    problems = read(edited(("environment: dev", f"environment: {value}")))

    assert [f"{PREFIX}environment"] == [problem.path for problem in problems]


def test_path_with_a_null_character_is_a_problem() -> None:
    """A null character in a path raises no ValueError."""
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
def test_anchors_and_notations_do_not_change_values(read: Read, old: str, new: str) -> None:
    """A value with an anchor or in another notation is the same value."""
    assert not read(edited((old, new)))


@pytest.mark.parametrize(
    ("value", "given"),
    [
        ("!!binary aGVsbG8=", "b'hello'"),
        ("!custom dev", "dev"),
        ("2026-01-03", "2026-01-03"),
        ("2026", "2026"),
        ("true", "true"),
        (f"0x{'f' * 6000}", "a number of 7225 digits"),
    ],
)
def test_value_of_another_type_is_not_converted_to_text(read: Read, value: str, given: str) -> None:
    """Pulumi would read these values as another type."""
    problems = read(edited(("environment: dev", f"environment: {value}")))

    assert [f"expected text, found {given}"] == [problem.message for problem in problems]


def test_shown_counts_the_digits_of_a_large_number() -> None:
    """Python refuses to format integers with thousands of digits."""
    assert shown(10**59) == str(10**59)
    assert shown(10**5000) == "a number of 5000 digits"
    assert shown(-(10**5000)) == "a number of 5000 digits"


@pytest.mark.parametrize("key", ["aws.region:x", "groundwork.x:y.z", "a[0]:b", "a.b", "a:"])
def test_key_with_a_dot_has_its_line(read: Read, key: str) -> None:
    """A path is resolved by existing keys and not split at each dot."""
    text = edited(("  groundwork:projects:", f"  {key!r}: x\n  groundwork:projects:"))

    assert [(key, line_of(text, f"  {key!r}"))] == [(problem.path, problem.line) for problem in read(text)]


def test_key_below_a_key_with_a_dot_has_its_line(read: Read) -> None:
    """Of several matching keys, the longest is used."""
    text = edited(("  groundwork:groups:\n", "  groundwork:groups:\n    a: {}\n    a.email:\n      email: 1\n"))

    assert {
        (f"{PREFIX}groups.a.email", "'a.email' is not valid", line_of(text, "    a.email")),
        (f"{PREFIX}groups.a.email", "is missing", line_of(text, "    a.email")),
        (f"{PREFIX}groups.a.email.email", "expected text, found 1", line_of(text, "      email: 1")),
    } == {(problem.path, problem.message, problem.line) for problem in read(text)}
