"""Grants in forms that no provider takes, which a plan without providers can declare all the same."""

from __future__ import annotations

import pytest

from policy.rules.no_basic_roles import RULE
from tests.groundwork.cost.resources import resource


@pytest.mark.parametrize("text", ["roles/owner for everybody", "[]", "null", '{"bindings": 1}', '{"bindings": [1]}'])
def test_a_policy_that_cannot_be_read_is_not_known(text: str) -> None:
    """One message says so, and nothing stops the pack."""
    node = resource("gcp:projects/iAMPolicy:IAMPolicy", "policy", {"project": "acme-ml", "policyData": text})

    (message,) = RULE.ask(node)

    assert "a role that is not known before the update" in message
