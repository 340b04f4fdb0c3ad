"""Tests of the enforcement levels of the rules."""

from __future__ import annotations

from policy.rules import RULES

ADVISORY = {"budget-headroom", "cis-gke-advice", "fault-injection-overdue", "pod-security-exceptions"}


def test_rules_are_mandatory_except_those_that_give_advice() -> None:
    """A rule that is advisory by accident stops no deployment."""
    assert {rule.name: rule.level for rule in RULES} == {
        rule.name: "advisory" if rule.name in ADVISORY else "mandatory" for rule in RULES
    }
