"""The rules, one a file. A rule that is not listed here does not exist."""

from policy.rules._rule import Rule
from policy.rules.labels import RULE as LABELS
from policy.rules.public_access import RULE as PUBLIC_ACCESS

RULES: tuple[Rule, ...] = (LABELS, PUBLIC_ACCESS)

__all__ = ["RULES", "Rule"]
