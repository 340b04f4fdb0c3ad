"""The rule `expiring-grants`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules.expiring_grants import RULE
from tests.policy.asking import ask

TODAY = date(2026, 11, 21)


def _messages(expression: Any, today: date = TODAY, **parameters: Any) -> list[str]:
    inputs = {"role": "roles/viewer", "member": "group:a@b.example", "condition": {"expression": expression}}
    return ask(RULE, Node("urn:a", "gcp:projects/iAMMember:IAMMember", "a", inputs), today=today, **parameters)


def _until(instant: str) -> str:
    return f'request.time < timestamp("{instant}")'


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("2026-11-21T00:00:00Z", "ended on 2026-11-20: remove it, or set a later until"),
        ("2026-11-21T00:00:01Z", ""),
        ("2026-11-22T00:00:00Z", ""),
        ("2027-11-23T00:00:00Z", ""),
        ("2027-11-24T00:00:00Z", "ends on 2027-11-23, in more than 366 days: set an earlier until"),
        ("tomorrow", "until tomorrow, which is not a valid time"),
    ],
)
def test_end_of_a_grant(instant: str, text: str) -> None:
    """A grant is valid on its last day, which may be 366 days away."""
    messages = _messages(_until(instant))

    assert [text in message for message in messages] == ([True] if text else [])


def test_longest_duration_is_a_parameter() -> None:
    """The stack decides how far away an end may be."""
    assert _messages(_until("2026-12-02T00:00:00Z"), max_days=10) == []
    assert len(_messages(_until("2026-12-03T00:00:00Z"), max_days=10)) == 1


@pytest.mark.parametrize(
    ("expression", "violations"),
    [
        ("request.time < timestamp('2025-01-01T00:00:00Z')", 1),
        ("request.time <= timestamp('2025-01-01T00:00:00Z')", 1),
        ("request.time<timestamp( '2025-01-01T00:00:00Z' )", 1),
        ("a && request.time < timestamp('2025-01-01T00:00:00Z')", 1),
        ("request.time > timestamp('2025-01-01T00:00:00Z')", 0),
        ("resource.name == 'a'", 0),
        (None, 0),
        (Placeholder.UNKNOWN, 0),
    ],
)
def test_end_in_a_condition(expression: Any, violations: int) -> None:
    """The end is found in both quotes and with other conditions; other and unknown conditions have none."""
    assert len(_messages(expression)) == violations


def test_all_grants_of_a_policy_are_checked() -> None:
    """A grant without an end, or with an invalid one, hides no other."""
    data = (
        '{"bindings": [{"role": "a", "members": ["group:a@b.example"]},'
        ' {"role": "b", "members": ["group:a@b.example"], "condition":'
        ' {"expression": "request.time < timestamp(\'never\')"}},'
        ' {"role": "c", "members": ["group:a@b.example"], "condition":'
        ' {"expression": "request.time < timestamp(\'2025-01-01T00:00:00Z\')"}}]}'
    )
    messages = ask(RULE, Node("urn:a", "gcp:projects/iAMPolicy:IAMPolicy", "a", {"policyData": data}), today=TODAY)

    assert ["grants b until never" in messages[0], "grant of c ended" in messages[1]] == [True, True]
    assert len(messages) == 2
