"""Composition of a stack on existing clusters, such as one on a laptop.

It declares what `stacks/platform.py` declares inside a cluster, with volumes in place of buckets, and uses no cloud.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.team_namespace import TeamNamespace
from stacks import providers
from stacks.layers import mesh, operators, queues, teams, volumes
from stacks.settings import Local
from stacks.settings.facts.versions import load_versions
from stacks.settings.model.local import Operators


@dataclass(frozen=True)
class Laptop:
    """Declared resources by the keys of the settings."""

    settings: Local
    namespaces: dict[tuple[str, str], TeamNamespace]

    def export(self) -> None:
        """Export the stack's outputs."""
        namespaces = {
            cluster: sorted(team for other, team in self.namespaces if other == cluster)
            for cluster in self.settings.clusters
        }
        pulumi.export("namespaces", namespaces)
        pulumi.export("claims", {team: self.settings.mounted_claims(team) for team in self.settings.teams})


def build(settings: Local) -> Laptop:
    """Declare every resource of the stack."""
    versions = load_versions()
    kubernetes = {key: providers.existing(key, cluster.context) for key, cluster in settings.clusters.items()}
    namespaces = teams.teams(settings, kubernetes=kubernetes)
    volumes.mounts(settings, kubernetes=kubernetes, namespaces=namespaces)
    kubeflow = (
        operators.kubeflow(settings, versions=versions, kubernetes=kubernetes)
        if settings.operators is Operators.CHARTS
        else {}
    )
    if settings.has_operators:
        mesh.mesh(settings, kubernetes=kubernetes, namespaces=namespaces, kubeflow=kubeflow)
        queues.queues(settings, versions=versions, kubernetes=kubernetes, kubeflow=kubeflow)
    return Laptop(settings, namespaces)
