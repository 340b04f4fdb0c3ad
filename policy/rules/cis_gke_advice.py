"""The rule `cis-gke-advice`."""

from __future__ import annotations

from typing import Final

from policy.rules._cis_gke import check_of
from policy.rules._rule import Parameters, Rule

RULE: Final = Rule(
    name="cis-gke-advice",
    description="Clusters meet the rows of the CIS GKE Benchmark that need customer-managed keys or a Google group",
    why="""
        These rows of [docs/cis-gke.md](cis-gke.md) depend on settings that not every environment needs:
        `encryption`, whose keys cost money and can be lost, and `security.groups`, which needs a group in the
        organization's directory.
        """,
    level="advisory",
    check=check_of("advisory"),
    parameters=Parameters,
)
