"""A team's place in each of its clusters."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.pod_guard import PodGuard, PodGuardArgs
from components.team_namespace import PodSecurityArgs, QuotaArgs, TeamNamespace, TeamNamespaceArgs
from components.workload_account import WorkloadAccount
from stacks import labels
from stacks.layers import queues
from stacks.settings import Settings
from stacks.settings.pod_security import PodSecurityLevel


def guards(settings: Settings, kubernetes: dict[str, k8s.Provider]) -> dict[str, PodGuard]:
    """What stands before the pods of namespaces with host-ipc, in each cluster that has one."""
    return {
        cluster: PodGuard(
            f"pod-guard-{cluster}",
            PodGuardArgs(labels=labels.shared(settings)),
            pulumi.ResourceOptions(provider=provider),
        )
        for cluster, provider in kubernetes.items()
        if any(cluster in entry.clusters and _is_host_ipc(settings, team) for team, entry in settings.teams.items())
    }


def namespaces(
    settings: Settings,
    kubernetes: dict[str, k8s.Provider],
    workloads: dict[str, WorkloadAccount],
    guards: dict[str, PodGuard],
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
                    gpus=sum(queues.gpus(settings, cluster, team).values()),
                ),
                labels=labels.team(settings, team),
                pod_security=_pod_security(settings, team),
            ),
            pulumi.ResourceOptions(
                provider=kubernetes[cluster], depends_on=[guards[cluster]] if _is_host_ipc(settings, team) else None
            ),
        )
        for team, entry in settings.teams.items()
        for cluster in entry.clusters
    }


def _is_host_ipc(settings: Settings, team: str) -> bool:
    exception = settings.teams[team].pod_security
    return exception is not None and exception.level is PodSecurityLevel.HOST_IPC


def _pod_security(settings: Settings, team: str) -> PodSecurityArgs | None:
    exception = settings.teams[team].pod_security
    return None if exception is None else PodSecurityArgs(exception.level.value, exception.reason, exception.until)
