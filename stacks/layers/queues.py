"""What each cluster has to give, and each team's share of it."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.kubeflow import Kubeflow
from components.queue_flavors import CPU_FLAVOR, QueueFlavors, QueueFlavorsArgs
from components.queue_metrics import QueueMetrics, QueueMetricsArgs
from components.team_queue import TeamQueue, TeamQueueArgs
from stacks import labels
from stacks.layers import capacity
from stacks.settings import Local, Settings
from stacks.settings.pins import Versions


def gpus(settings: Settings | Local, cluster: str, team: str) -> dict[str, int]:
    """What a team is promised of the GPUs of one cluster, by flavor, cheap capacity first."""
    quota = settings.teams[team].quota.gpus
    return {flavor: quota[flavor] for flavor in capacity.flavors(settings, cluster) if flavor in quota}


def queues(
    settings: Settings | Local,
    versions: Versions,
    kubernetes: dict[str, k8s.Provider],
    kubeflow: dict[str, Kubeflow],
) -> None:
    """What each cluster has to give, and each team's share of it, after the operators where this stack has them."""
    for cluster, provider in kubernetes.items():
        needed = [kubeflow[cluster]] if cluster in kubeflow else []
        flavors = QueueFlavors(
            f"flavors-{cluster}",
            QueueFlavorsArgs(gpus=capacity.flavors(settings, cluster)),
            pulumi.ResourceOptions(provider=provider, depends_on=needed),
        )
        if isinstance(settings, Settings):  # elsewhere nobody collects them
            QueueMetrics(
                f"queue-metrics-{cluster}",
                QueueMetricsArgs(namespace=versions.charts["kueue"].namespace, release="kueue"),
                pulumi.ResourceOptions(provider=provider, depends_on=needed),
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
                    gpus=gpus(settings, cluster, team),
                    labels=labels.team(settings, team),
                ),
                pulumi.ResourceOptions(provider=provider, depends_on=[flavors]),
            )
