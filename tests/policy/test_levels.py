"""The names and levels of all rules."""

from __future__ import annotations

from typing import Final

from policy.rules import RULES

ADVISORY: Final = {
    "budget-headroom",
    "cis-gke-advice",
    "fault-injection-overdue",
    "pod-security-exceptions",
}
MANDATORY: Final = {
    "alert-runbooks",
    "budgets",
    "cis-gke",
    "cis-gke-stack",
    "default-deny",
    "encryption-keys",
    "exact-pins",
    "expiring-grants",
    "fault-injection",
    "gpu-pools",
    "labels",
    "mounts-fit",
    "no-basic-roles",
    "no-individuals",
    "no-public-access",
    "own-images",
    "pod-security",
    "protected-changes",
    "protected-data",
    "regions",
}


def test_levels_of_rules() -> None:
    """Advisory rules are those whose violation must not stop an unrelated update."""
    assert {rule.name for rule in RULES if rule.level == "advisory"} == ADVISORY
    assert {rule.name for rule in RULES if rule.level == "mandatory"} == MANDATORY


def test_runbook_of_a_rule() -> None:
    """The runbook has the name of the rule."""
    assert {rule.runbook for rule in RULES} == {f"runbooks/rules/{name}.md" for name in ADVISORY | MANDATORY}
