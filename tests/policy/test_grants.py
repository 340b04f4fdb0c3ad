"""Grants of IAM policies that are not valid, which a plan without providers does not refuse."""

from __future__ import annotations

import pytest

from policy.rules.no_basic_roles import RULE
from tests.groundwork.cost.resources import resource
from tests.policy.asking import ask


@pytest.mark.parametrize("text", ["roles/owner for everybody", "[]", "null", '{"bindings": 1}', '{"bindings": [1]}'])
def test_invalid_policy_is_unknown(text: str) -> None:
    """An invalid policy is one violation and no error."""
    node = resource("gcp:projects/iAMPolicy:IAMPolicy", "policy", {"project": "acme-ml", "policyData": text})

    (message,) = ask(RULE, node)

    assert "a role that is unknown until pulumi up" in message
