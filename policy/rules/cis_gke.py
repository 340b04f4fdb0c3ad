"""The rule `cis-gke`."""

from __future__ import annotations

from typing import Final

from policy.rules._cis_gke import check_of
from policy.rules._rule import Parameters, Rule

RULE: Final = Rule(
    name="cis-gke",
    description="Clusters, node pools and Kubernetes objects meet the CIS GKE Benchmark",
    why="""
        The rows of the benchmark, and the inputs that each is about, are data ([docs/cis-gke.md](cis-gke.md),
        from `policy/cis_gke.toml`), so a change that weakens a cluster is reported with the row that it
        violates. An unknown value counts as a violation where the value matters, and passes where the input
        only has to be set.
        """,
    level="mandatory",
    check=check_of("mandatory"),
    parameters=Parameters,
)
