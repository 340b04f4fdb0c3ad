"""The operators of the ML stack in each cluster."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.kubeflow import ChartArgs, Kubeflow, KubeflowArgs
from components.team_namespace import TeamNamespace
from stacks.settings import Tenancy
from stacks.settings.pins import Versions


def kubeflow(
    settings: Tenancy,
    versions: Versions,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
) -> dict[str, Kubeflow]:
    """The operators in each cluster, after the namespaces in which some of them work."""
    built = {}
    for cluster, provider in kubernetes.items():
        teams = [team for team, entry in settings.teams.items() if cluster in entry.clusters]
        # Spark jobs run only in the namespaces that the operator is told; all others are left alone.
        added = {"spark-operator": {"spark": {"jobNamespaces": teams}}}
        charts = {
            key: ChartArgs(
                chart=pin.chart,
                version=pin.version,
                namespace=pin.namespace,
                repository=pin.repository,
                values={**pin.values, **added.get(key, {})},
                after=pin.after,
            )
            for key, pin in versions.charts.items()
        }
        built[cluster] = Kubeflow(
            f"kubeflow-{cluster}",
            KubeflowArgs(charts=charts, directories={"notebooks": versions.manifests["notebooks"].directory}),
            pulumi.ResourceOptions(provider=provider, depends_on=[namespaces[cluster, team] for team in teams]),
        )
    return built
