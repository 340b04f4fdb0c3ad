"""The cluster half of the platform on clusters that are there already, from top to bottom.

It is what `stacks/platform.py` puts into a cluster, with volumes in place of buckets; nothing in it calls a cloud.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi

from components.team_namespace import TeamNamespace
from stacks import providers
from stacks.layers import laptop_network_policies, mesh, operators, pod_security, queues, teams, volumes
from stacks.settings import Local
from stacks.settings.derived import local_data, team_data
from stacks.settings.facts.versions import load_versions
from stacks.settings.model.local import Operators


@dataclass(frozen=True)
class Laptop:
    """What the program declared, by the keys of the settings."""

    settings: Local
    namespaces: dict[tuple[str, str], TeamNamespace]

    def export(self) -> None:
        """Publish what people look up."""
        mounts = local_data.mounts(self.settings.teams, self.settings.buckets, self.settings.mounts)
        outputs: dict[str, Any] = {
            "namespaces": {
                cluster: sorted(team for place, team in self.namespaces if place == cluster)
                for cluster in self.settings.clusters
            },
            "claims": {
                team: sorted(team_data.claim(key) for key, entry in mounts.items() if entry.team == team)
                for team in self.settings.teams
            },
        }
        for name, value in outputs.items():
            pulumi.export(name, value)


def build(settings: Local) -> Laptop:
    """Declare the cluster half of the platform."""
    versions = load_versions()
    kubernetes = {key: providers.existing(key, cluster.context) for key, cluster in settings.clusters.items()}
    guards = pod_security.guards(settings, kubernetes)
    namespaces = teams.namespaces(settings, kubernetes, guards, teams.Ground())
    laptop_network_policies.walls(settings, kubernetes, namespaces)
    teams.people_and_jobs(settings, kubernetes, namespaces)
    volumes.mounts(settings, kubernetes, namespaces)
    if settings.operators is not Operators.NONE:
        charts = settings.operators is Operators.CHARTS
        kubeflow = operators.kubeflow(settings, versions, kubernetes) if charts else {}
        mesh.mesh(settings, kubernetes, namespaces, kubeflow)
        queues.queues(settings, versions, kubernetes, kubeflow)
    return Laptop(settings, namespaces)
