"""The rules, one a file. A rule that is not listed here does not exist."""

from policy.rules._rule import AnyRule, Rule, StackRule
from policy.rules.alert_runbooks import RULE as ALERT_RUNBOOKS
from policy.rules.budgets import HEADROOM
from policy.rules.budgets import RULE as BUDGETS
from policy.rules.cis_gke import ADVICE as CIS_ADVICE
from policy.rules.cis_gke import RULE as CIS
from policy.rules.cis_gke import STACK as CIS_STACK
from policy.rules.default_deny import RULE as WALLS
from policy.rules.encryption_keys import RULE as ENCRYPTION_KEYS
from policy.rules.exact_pins import RULE as PINS
from policy.rules.expiring_grants import RULE as EXPIRING_GRANTS
from policy.rules.fault_injection import OVERDUE as EXPERIMENTS_OVERDUE
from policy.rules.fault_injection import RULE as EXPERIMENTS
from policy.rules.gpu_pools import RULE as GPU_POOLS
from policy.rules.labels import RULE as LABELS
from policy.rules.mounts_fit import RULE as MOUNTS_FIT
from policy.rules.no_basic_roles import RULE as BASIC_ROLES
from policy.rules.no_individuals import RULE as INDIVIDUALS
from policy.rules.no_public_access import RULE as PUBLIC_ACCESS
from policy.rules.own_images import RULE as OWN_IMAGES
from policy.rules.pod_security import EXCEPTIONS as POD_SECURITY_EXCEPTIONS
from policy.rules.pod_security import RULE as POD_SECURITY
from policy.rules.protected_changes import RULE as PROTECTED_CHANGES
from policy.rules.protected_data import RULE as PROTECTED_DATA
from policy.rules.regions import RULE as REGIONS

RULES: tuple[AnyRule, ...] = (
    ALERT_RUNBOOKS,
    BASIC_ROLES,
    BUDGETS,
    HEADROOM,
    CIS,
    CIS_ADVICE,
    CIS_STACK,
    ENCRYPTION_KEYS,
    EXPERIMENTS,
    EXPERIMENTS_OVERDUE,
    EXPIRING_GRANTS,
    GPU_POOLS,
    INDIVIDUALS,
    LABELS,
    MOUNTS_FIT,
    OWN_IMAGES,
    PINS,
    POD_SECURITY,
    POD_SECURITY_EXCEPTIONS,
    PROTECTED_CHANGES,
    PROTECTED_DATA,
    PUBLIC_ACCESS,
    REGIONS,
    WALLS,
)

__all__ = ["RULES", "AnyRule", "Rule", "StackRule"]
