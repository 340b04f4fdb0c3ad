"""The rule `protected-changes`."""

from __future__ import annotations

import pytest

from groundwork.graph import Graph
from policy.rules._rule import LostResource
from policy.rules.protected_changes import RULE
from tests.policy.asking import ask_stack

EMPTY = Graph.of("dev", "sdk", [])


GUARD = "it is protected"


@pytest.mark.parametrize(
    ("lost", "message"),
    [
        (LostResource("urn:a", "a", "delete", "its objects", GUARD), f"a would be deleted with its objects: {GUARD}"),
        (LostResource("urn:a", "a", "replace", "its rows", GUARD), f"a would be replaced with its rows: {GUARD}"),
        (LostResource("urn:a", "a", "replace", None, GUARD), f"a would be replaced: {GUARD}"),
        (LostResource("urn:a", "a", "delete", "its objects"), ""),
    ],
)
def test_protected_resources_are_not_lost(lost: LostResource, message: str) -> None:
    """Deleting or replacing a protected resource is a violation; the preview only warns of an unprotected one."""
    assert ask_stack(RULE, EMPTY, lost) == ([("urn:a", message)] if message else [])


def test_plan_without_changes_passes() -> None:
    """The engine passes no changes to the pack."""
    assert ask_stack(RULE, EMPTY) == []
