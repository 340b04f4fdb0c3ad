"""Teams whose pods may be more than the profile restricted lets them, and what stands before those pods."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.pod_guard import PodGuard, PodGuardArgs
from components.team_namespace import PodSecurityArgs
from stacks import labels
from stacks.settings import Tenancy
from stacks.settings.model.pod_security import PodSecurityLevel


def guards(settings: Tenancy, kubernetes: dict[str, k8s.Provider]) -> dict[str, PodGuard]:
    """What stands before the pods of namespaces with host-ipc, in each cluster that has one."""
    return {
        cluster: PodGuard(
            f"pod-guard-{cluster}",
            PodGuardArgs(labels=labels.shared(settings)),
            pulumi.ResourceOptions(provider=provider),
        )
        for cluster, provider in kubernetes.items()
        if any(cluster in entry.clusters and is_host_ipc(settings, team) for team, entry in settings.teams.items())
    }


def is_host_ipc(settings: Tenancy, team: str) -> bool:
    """Whether pods of the team may use the IPC of their node."""
    found = settings.teams[team].pod_security
    return found is not None and found.level is PodSecurityLevel.HOST_IPC


def exception(settings: Tenancy, team: str) -> PodSecurityArgs | None:
    """The team's exception, where it has one."""
    found = settings.teams[team].pod_security
    return None if found is None else PodSecurityArgs(found.level.value, found.reason, found.until)


def before(settings: Tenancy, cluster: str, team: str, guards: dict[str, PodGuard]) -> list[PodGuard]:
    """What has to be there before the team's namespace is."""
    return [guards[cluster]] if is_host_ipc(settings, team) else []
