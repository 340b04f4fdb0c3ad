"""Tests of the calls of the `pulumi` CLI, with the fake one."""

from __future__ import annotations

import pytest

from groundwork.engines import cli, real
from groundwork.errors import UserError
from tests.groundwork.conftest import Sample


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        ("", ""),
        ("just a line\n", "just a line"),
        ("error: a\nWARN late\n", "a"),
        ("error: a\nerror: b\n  more of b\nWARN late\n  not of b\n", "b\n  more of b"),
        ("warning: w\nerror: 2 errors occurred:\n    1) x\n    2) y\n\n", "2 errors occurred:\n    1) x\n    2) y"),
    ],
)
def test_reason_is_the_last_error_with_its_indented_lines(stderr: str, reason: str) -> None:
    """Lines of storage libraries around the error are left out."""
    assert cli.reason_of(stderr) == reason


def test_missing_stack_has_no_export(sample: Sample) -> None:
    """Only the answer that the stack does not exist is None; the name has to be the one of the question."""
    assert cli.export_if_exists(sample.project, "dev") == sample.state.read_bytes()
    assert cli.export_if_exists(sample.project, "prod") is None


def test_failed_export_is_not_a_missing_stack(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that cannot be read may have the stack."""
    monkeypatch.setenv("FAKE_PULUMI_FAILS", "export")

    with pytest.raises(UserError, match="pulumi stack export failed: cannot export"):
        cli.export_if_exists(sample.project, "dev")


def test_has_state_asks_for_the_one_stack(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pulumi stack ls` would fail for a damaged state of any stack of the project."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", sample.backend.as_uri())

    assert real.has_state(sample.project, "dev")
    assert not real.has_state(sample.project, "prod")
    assert all("stack export" in call for call in sample.calls())

    monkeypatch.setenv("FAKE_PULUMI_FAILS", "export")
    with pytest.raises(UserError, match="the backend cannot be read: pulumi stack export failed"):
        real.has_state(sample.project, "dev")


def test_has_state_is_false_without_a_login(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a backend, the CLI is not called; a login is in the environment or in the credentials file."""
    for name in ("PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PULUMI_HOME", str(sample.backend))

    assert not real.has_state(sample.project, "dev")
    assert sample.calls() == []

    credentials = sample.backend / "credentials.json"
    credentials.write_text('{"current": ""}', encoding="utf-8")
    assert not real.has_state(sample.project, "dev")
    credentials.write_text('{"current": "file:///state"}', encoding="utf-8")
    assert real.has_state(sample.project, "dev")
