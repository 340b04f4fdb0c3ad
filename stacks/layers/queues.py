"""Kueue in each cluster: flavors of its GPUs, the cohort of all teams, and a queue for each team."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import COMPUTE_CLASS, GPU, POOL_LABEL
from components.gpu_requests import GpuRequests, GpuRequestsArgs
from components.kubeflow import Kubeflow
from components.queue_cohort import QueueCohort, QueueCohortArgs
from components.queue_flavors import CPU_FLAVOR, GpuFlavorArgs, QueueFlavors, QueueFlavorsArgs
from components.queue_metrics import QueueMetrics, QueueMetricsArgs
from components.queue_priorities import PriorityArgs, QueuePriorities, QueuePrioritiesArgs
from components.queue_provisioning import QueuedFlavorArgs, QueueProvisioning, QueueProvisioningArgs
from components.queue_topology import QueueTopology, QueueTopologyArgs
from components.team_queue import QueueQuotaArgs, StopPolicy, TeamQueue, TeamQueueArgs
from stacks import labels
from stacks.settings import Tenancy
from stacks.settings.derived import gpu_counts
from stacks.settings.facts.versions import Versions
from stacks.settings.model.queue_flavors import CLASS, EXISTING, QueueFlavor, Share
from stacks.settings.model.queueing import Pause

STOP: Final[Mapping[Pause | None, StopPolicy]] = {None: "None", Pause.HOLD: "Hold", Pause.DRAIN: "HoldAndDrain"}
QUEUED_TAINT: Final = "cloud.google.com/gke-queued"  # GKE sets it on machines for a provisioning request
TOPOLOGY: Final = "gke"  # name of the topology that GKE's node labels describe, in every cluster


def queues(
    settings: Tenancy, *, versions: Versions, kubernetes: dict[str, k8s.Provider], kubeflow: dict[str, Kubeflow]
) -> None:
    """The queues of each cluster, after the operators where this stack installs them."""
    for cluster, provider in kubernetes.items():
        operators: list[pulumi.Resource] = [kubeflow[cluster]] if cluster in kubeflow else []
        if settings.has_managed_prometheus:
            QueueMetrics(
                f"queue-metrics-{cluster}",
                QueueMetricsArgs(namespace=versions.charts["kueue"].namespace, release="kueue"),
                pulumi.ResourceOptions(provider=provider, depends_on=operators),
            )
        shared = _shared_objects(settings, cluster, provider, operators)
        for team in settings.teams_in(cluster):
            options = pulumi.ResourceOptions(provider=provider, depends_on=[*operators, *shared])
            TeamQueue(f"queue-{cluster}.{team}", _team_queue(settings, cluster, team), options)


def _shared_objects(
    settings: Tenancy, cluster: str, provider: k8s.Provider, operators: list[pulumi.Resource]
) -> list[pulumi.Resource]:
    """The objects of a cluster that its teams' queues refer to."""
    options = pulumi.ResourceOptions(provider=provider, depends_on=operators)
    priorities = {key: PriorityArgs(entry.value, entry.description) for key, entry in settings.priorities.items()}
    QueuePriorities(f"priorities-{cluster}", QueuePrioritiesArgs(priorities), options)
    objects: list[pulumi.Resource] = []

    def after_others() -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(provider=provider, depends_on=[*operators, *objects])

    flavors = settings.queue_flavors(cluster)
    if any(flavor.topology for flavor in flavors.values()):
        objects.append(QueueTopology(f"topology-{cluster}", QueueTopologyArgs(TOPOLOGY), options))
    gpus = {key: _flavor(key, flavor) for key, flavor in flavors.items()}
    objects.append(QueueFlavors(f"flavors-{cluster}", QueueFlavorsArgs(gpus=gpus), after_others()))
    if any(flavor.pools for flavor in flavors.values()):
        GpuRequests(
            f"gpu-requests-{cluster}",
            _gpu_requests(settings, flavors),
            pulumi.ResourceOptions(provider=provider),
        )
    if queued := _queued(flavors):
        objects.append(QueueProvisioning(f"provisioning-{cluster}", QueueProvisioningArgs(queued), options))
    cohort = QueueCohortArgs(shared=gpu_counts.unassigned(settings, cluster))
    objects.append(QueueCohort(f"cohort-{cluster}", cohort, after_others()))
    return objects


def _gpu_requests(settings: Tenancy, flavors: Mapping[str, QueueFlavor]) -> GpuRequestsArgs:
    """The largest pods of each flavor: those of a compute class fit each of its pools."""
    sizes = {key: min(map(gpu_counts.per_pod, flavor.pools)) for key, flavor in flavors.items() if flavor.pools}
    return GpuRequestsArgs(
        sizes=sizes,
        platform=settings.ownership.team,
        labels=labels.shared(settings),
    )


def _flavor(key: str, flavor: QueueFlavor) -> GpuFlavorArgs:
    """The labels and taints by which Kueue steers work to the machines of a flavor."""
    if flavor.capacity == EXISTING:
        return GpuFlavorArgs(flavor.capacity, flavor.node_labels, [])
    if flavor.capacity == CLASS:
        return GpuFlavorArgs(flavor.capacity, {POOL_LABEL: key, COMPUTE_CLASS: key}, [GPU, COMPUTE_CLASS])
    return GpuFlavorArgs(
        flavor.capacity,
        {POOL_LABEL: key},
        [GPU],
        # Work has to tolerate this taint explicitly: provisioning can take days.
        node_taints={QUEUED_TAINT: "true"} if flavor.queued else {},
        topology=TOPOLOGY if flavor.topology else None,
    )


def _queued(flavors: Mapping[str, QueueFlavor]) -> dict[str, QueuedFlavorArgs]:
    """The flavors whose machines are provisioned on request; flex-start without queueing needs no request."""
    return {
        key: QueuedFlavorArgs(pool.max_run_hours * 3600, pool.topology)
        for key, flavor in flavors.items()
        if flavor.queued
        for pool in flavor.pools
        if pool.max_run_hours is not None
    }


def _team_queue(settings: Tenancy, cluster: str, team: str) -> TeamQueueArgs:
    shares, queue = settings.shares(cluster, team), settings.teams[team].queue
    return TeamQueueArgs(
        namespace=team,
        cpu=_share(shares.cpu),
        memory_gib=_share(shares.memory_gib),
        cpu_flavor=CPU_FLAVOR,
        gpus={flavor: _share(share) for flavor, share in shares.gpus.items()},
        # Each admission check has the name of its flavor.
        checks={flavor: [flavor] for flavor in _queued(settings.queue_flavors(cluster)) if flavor in shares.gpus},
        labels=labels.team(settings, team),
        weight=queue.weight,
        stop_policy=STOP[queue.paused],
    )


def _share(share: Share) -> QueueQuotaArgs:
    return QueueQuotaArgs(share.nominal, share.borrowing_limit, share.lending_limit)
