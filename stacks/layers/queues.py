"""What each cluster has to give, and each team's share of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components.kubeflow import Kubeflow
from components.queue_cohort import QueueCohort, QueueCohortArgs
from components.queue_flavors import CPU_FLAVOR, QueueFlavors, QueueFlavorsArgs
from components.queue_metrics import QueueMetrics, QueueMetricsArgs
from components.queue_priorities import PriorityArgs, QueuePriorities, QueuePrioritiesArgs
from components.queue_provisioning import QueuedFlavorArgs, QueueProvisioning, QueueProvisioningArgs
from components.queue_topology import QueueTopology, QueueTopologyArgs
from components.team_queue import StopPolicy, TeamQueue, TeamQueueArgs
from stacks import labels
from stacks.layers import capacity, quotas
from stacks.settings import Local, Settings
from stacks.settings.facts.versions import Versions
from stacks.settings.model.gpu_pools import Capacity
from stacks.settings.model.queueing import Pause

STOP: Final[Mapping[Pause | None, StopPolicy]] = {None: "None", Pause.HOLD: "Hold", Pause.DRAIN: "HoldAndDrain"}


def queues(
    settings: Settings | Local,
    versions: Versions,
    kubernetes: dict[str, k8s.Provider],
    kubeflow: dict[str, Kubeflow],
) -> None:
    """What each cluster has to give and each team's share of it, after the operators where this stack has them."""
    for cluster, provider in kubernetes.items():
        ready: list[pulumi.Resource] = [kubeflow[cluster]] if cluster in kubeflow else []
        if isinstance(settings, Settings):  # elsewhere nobody collects them
            QueueMetrics(
                f"queue-metrics-{cluster}",
                QueueMetricsArgs(namespace=versions.charts["kueue"].namespace, release="kueue"),
                pulumi.ResourceOptions(provider=provider, depends_on=ready),
            )
        shares(settings, cluster, provider, ready)


def shares(settings: Settings | Local, cluster: str, provider: k8s.Provider, after: list[pulumi.Resource]) -> None:
    """What one cluster has to give and each team's share of it, `after` the queue itself works there."""
    options = pulumi.ResourceOptions(provider=provider, depends_on=after)
    priorities = {key: PriorityArgs(entry.value, entry.description) for key, entry in settings.priorities.items()}
    QueuePriorities(f"priorities-{cluster}", QueuePrioritiesArgs(priorities), options)
    needs: list[pulumi.Resource] = list(after)
    flavors = capacity.flavors(settings, cluster)
    if any(flavor.topology is not None for flavor in flavors.values()):
        needs.append(QueueTopology(f"topology-{cluster}", QueueTopologyArgs(capacity.TOPOLOGY), options))
    # A flavor with a topology comes after it.
    needs.append(
        QueueFlavors(
            f"flavors-{cluster}",
            QueueFlavorsArgs(gpus=flavors),
            pulumi.ResourceOptions(provider=provider, depends_on=list(needs)),
        )
    )
    queued = _queued(settings, cluster)
    if queued:
        needs.append(QueueProvisioning(f"provisioning-{cluster}", QueueProvisioningArgs(queued), options))
    needs.append(
        QueueCohort(
            f"cohort-{cluster}",
            QueueCohortArgs(shared=quotas.shared_gpus(settings, cluster)),
            pulumi.ResourceOptions(provider=provider, depends_on=list(needs)),
        )
    )
    for team, entry in settings.teams.items():
        if cluster in entry.clusters:
            _team(settings, cluster, team, pulumi.ResourceOptions(provider=provider, depends_on=list(needs)))


def _queued(settings: Settings | Local, cluster: str) -> dict[str, QueuedFlavorArgs]:
    """Flavors whose machines come on request, which flex-start machines without a queue of GKE's do not."""
    found: dict[str, QueuedFlavorArgs] = {}
    if isinstance(settings, Local):
        return found
    for flavor in capacity.flavors(settings, cluster):
        pool = settings.gpu_pools.get(flavor)
        if pool is not None and pool.capacity is Capacity.QUEUED and pool.max_run_hours is not None:
            found[flavor] = QueuedFlavorArgs(pool.max_run_hours * 3600, pool.topology)
    return found


def _team(settings: Settings | Local, cluster: str, team: str, options: pulumi.ResourceOptions) -> None:
    gpus = quotas.gpus(settings, cluster, team)
    TeamQueue(
        f"queue-{cluster}.{team}",
        TeamQueueArgs(
            namespace=team,
            cpu=quotas.cpu(settings, team),
            memory_gib=quotas.memory_gib(settings, team),
            cpu_flavor=CPU_FLAVOR,
            gpus=gpus,
            # A check has the name of the flavor that it is for.
            checks={flavor: [flavor] for flavor in _queued(settings, cluster) if flavor in gpus},
            labels=labels.team(settings, team),
            weight=settings.teams[team].queue.weight,
            stop_policy=STOP[settings.teams[team].queue.paused],
        ),
        options,
    )
