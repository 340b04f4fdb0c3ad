"""Exceptions of teams from the Pod Security profile `restricted`."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.pod_guard import PodGuard, PodGuardArgs
from components.team_namespace import PodSecurityArgs
from stacks import labels
from stacks.settings import Tenancy
from stacks.settings.model.pod_security import PodSecurityLevel


def guards(settings: Tenancy, *, kubernetes: dict[str, k8s.Provider]) -> dict[str, PodGuard]:
    """The admission policy for namespaces with host-ipc, in each cluster that has such a namespace."""
    return {
        cluster: PodGuard(
            f"pod-guard-{cluster}",
            PodGuardArgs(labels=labels.shared(settings)),
            pulumi.ResourceOptions(provider=provider),
        )
        for cluster, provider in kubernetes.items()
        if any(is_host_ipc(settings, team) for team in settings.teams_in(cluster))
    }


def is_host_ipc(settings: Tenancy, team: str) -> bool:
    """Whether pods of the team may use the IPC namespace of their node."""
    exception = settings.teams[team].pod_security
    return exception is not None and exception.level is PodSecurityLevel.HOST_IPC


def exception_args(settings: Tenancy, team: str) -> PodSecurityArgs | None:
    """The team's exception, if any."""
    exception = settings.teams[team].pod_security
    return None if exception is None else PodSecurityArgs(exception.level.value, exception.reason, exception.until)
