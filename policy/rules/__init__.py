"""The rules, one a file. A rule that is not listed here does not exist."""

from policy.rules._rule import Rule, StackRule
from policy.rules.budgets import HEADROOM
from policy.rules.budgets import RULE as BUDGETS
from policy.rules.cis_gke import ADVICE as CIS_ADVICE
from policy.rules.cis_gke import RULE as CIS
from policy.rules.cis_gke import STACK as CIS_STACK
from policy.rules.experiments import OVERDUE
from policy.rules.experiments import RULE as EXPERIMENTS
from policy.rules.labels import RULE as LABELS
from policy.rules.public_access import RULE as PUBLIC_ACCESS

RULES: tuple[Rule | StackRule, ...] = (
    BUDGETS,
    HEADROOM,
    CIS,
    CIS_ADVICE,
    CIS_STACK,
    EXPERIMENTS,
    OVERDUE,
    LABELS,
    PUBLIC_ACCESS,
)

__all__ = ["RULES", "Rule", "StackRule"]
