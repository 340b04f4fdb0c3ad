"""What is inside a cluster for its teams: namespaces, operators and queues."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.kubeflow import ChartArgs, Kubeflow, KubeflowArgs
from components.queue_flavors import CPU_FLAVOR, QueueFlavors, QueueFlavorsArgs
from components.queue_metrics import QueueMetrics, QueueMetricsArgs
from components.team_namespace import QuotaArgs, TeamNamespace, TeamNamespaceArgs
from components.team_queue import TeamQueue, TeamQueueArgs
from components.workload_account import WorkloadAccount
from stacks import labels
from stacks.layers import capacity
from stacks.settings import Settings
from stacks.settings.pins import Versions


def namespaces(
    settings: Settings, kubernetes: dict[str, k8s.Provider], workloads: dict[str, WorkloadAccount]
) -> dict[tuple[str, str], TeamNamespace]:
    """A namespace for each team in each of its clusters, by cluster and team."""
    return {
        (cluster, team): TeamNamespace(
            f"team-{cluster}.{team}",  # keys have no dots, so no two pairs make one name
            TeamNamespaceArgs(
                namespace=team,
                account=workloads[team].address,
                quota=QuotaArgs(
                    cpu=entry.quota.cpu,
                    memory_gib=entry.quota.memory_gib,
                    gpus=sum(_gpus(settings, cluster, team).values()),
                ),
                labels=labels.team(settings, team),
                proxies=[str(subnet.cidr) for subnet in settings.network.proxy_subnets.values()],
            ),
            pulumi.ResourceOptions(provider=kubernetes[cluster]),
        )
        for team, entry in settings.teams.items()
        for cluster in entry.clusters
    }


def _gpus(settings: Settings, cluster: str, team: str) -> dict[str, int]:
    """What a team is promised of the GPUs of one cluster, by flavor, cheap capacity first."""
    quota = settings.teams[team].quota.gpus
    return {flavor: quota[flavor] for flavor in capacity.flavors(settings, cluster) if flavor in quota}


def kubeflow(
    settings: Settings,
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


def queues(
    settings: Settings, versions: Versions, kubernetes: dict[str, k8s.Provider], kubeflow: dict[str, Kubeflow]
) -> None:
    """What each cluster has to give, and each team's share of it."""
    for cluster, provider in kubernetes.items():
        flavors = QueueFlavors(
            f"flavors-{cluster}",
            QueueFlavorsArgs(gpus=capacity.flavors(settings, cluster)),
            pulumi.ResourceOptions(provider=provider, depends_on=[kubeflow[cluster]]),
        )
        QueueMetrics(
            f"queue-metrics-{cluster}",
            QueueMetricsArgs(namespace=versions.charts["kueue"].namespace, release="kueue"),
            pulumi.ResourceOptions(provider=provider, depends_on=[kubeflow[cluster]]),
        )
        for team, entry in settings.teams.items():
            if cluster not in entry.clusters:
                continue
            TeamQueue(
                f"queue-{cluster}.{team}",
                TeamQueueArgs(
                    namespace=team,
                    cpu=entry.quota.cpu,
                    memory_gib=entry.quota.memory_gib,
                    cpu_flavor=CPU_FLAVOR,
                    gpus=_gpus(settings, cluster, team),
                    labels=labels.team(settings, team),
                ),
                pulumi.ResourceOptions(provider=provider, depends_on=[flavors]),
            )
