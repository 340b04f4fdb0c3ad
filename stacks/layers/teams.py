"""Teams in their clusters: a namespace each, and in it the access of people and jobs, defaults and notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components.bucket_mount import SIZE_GIB
from components.pod_guard import PodGuard
from components.team_access import BindingArgs, TeamAccess, TeamAccessArgs
from components.team_limits import TeamLimits, TeamLimitsArgs
from components.team_namespace import WORKLOAD, QuotaArgs, TeamNamespace, TeamNamespaceArgs
from components.team_notes import TeamNotes, TeamNotesArgs
from components.team_queue import QUEUE
from components.team_roles import TeamRoles, TeamRolesArgs, role
from stacks import labels
from stacks.layers import pod_security
from stacks.layers.network_policies import network_policies
from stacks.settings import Local, Settings, Tenancy
from stacks.settings.derived.namespace_quota import namespace_quota
from stacks.settings.model.teams import Membership

NO_ACCOUNTS: Final[Mapping[str, str]] = {}


def teams(
    settings: Settings | Local, *, kubernetes: dict[str, k8s.Provider], accounts: Mapping[str, str] = NO_ACCOUNTS
) -> dict[tuple[str, str], TeamNamespace]:
    """Each team in each of its clusters, by cluster and team; `accounts` are IAM accounts of workloads, by team."""
    guards = pod_security.guards(settings, kubernetes=kubernetes)
    namespaces = {
        (cluster, team): _namespace(settings, cluster, team, kubernetes[cluster], guards, accounts)
        for team, entry in settings.teams.items()
        for cluster in entry.clusters
    }
    network_policies(settings, kubernetes=kubernetes, namespaces=namespaces)
    roles = {
        cluster: TeamRoles(
            f"team-roles-{cluster}", TeamRolesArgs(labels.shared(settings)), pulumi.ResourceOptions(provider=provider)
        )
        for cluster, provider in kubernetes.items()
    }
    for (cluster, team), namespace in namespaces.items():
        provider = kubernetes[cluster]
        options = pulumi.ResourceOptions(provider=provider, depends_on=[namespace])
        bound = pulumi.ResourceOptions(provider=provider, depends_on=[namespace, roles[cluster]])
        TeamAccess(f"access-{cluster}.{team}", _access(settings, team), bound)
        TeamLimits(f"limits-{cluster}.{team}", _limits(settings, team), options)
        TeamNotes(f"notes-{cluster}.{team}", _notes(settings, team), options)
    return namespaces


def _namespace(
    settings: Settings | Local,
    cluster: str,
    team: str,
    provider: k8s.Provider,
    guards: dict[str, PodGuard],
    accounts: Mapping[str, str],
) -> TeamNamespace:
    """The namespace of a team; with host-ipc the admission policy has to exist before it."""
    return TeamNamespace(
        f"team-{cluster}.{team}",  # keys contain no dots, so names are unique
        TeamNamespaceArgs(
            namespace=team,
            account=accounts.get(team),
            quota=_quota(settings, cluster, team),
            labels=labels.team(settings, team),
            pod_security=pod_security.exception_args(settings, team),
            in_mesh=settings.has_operators,
        ),
        pulumi.ResourceOptions(
            provider=provider, depends_on=[guards[cluster]] if pod_security.is_host_ipc(settings, team) else []
        ),
    )


def _quota(settings: Settings | Local, cluster: str, team: str) -> QuotaArgs:
    quota = namespace_quota(settings, cluster, team, bucket_claim_gib=SIZE_GIB)
    return QuotaArgs(
        cpu=quota.cpu,
        memory_gib=quota.memory_gib,
        gpus=quota.gpus,
        storage_gib=quota.storage_gib,
        counts={
            "count/inferenceservices.serving.kserve.io": quota.models,
            "count/notebooks.kubeflow.org": quota.notebooks,
            "persistentvolumeclaims": quota.claims,
            "pods": quota.pods,
            # Services are exposed through the gateway, whose services are listed in the settings.
            "services.loadbalancers": 0,
            "services.nodeports": 0,
        },
    )


def _access(settings: Tenancy, team: str) -> TeamAccessArgs:
    """Bindings of one namespace by role and subject; no role is named workload or jobs-something."""
    entry = settings.teams[team]
    # Roles for what a team may run only with an entry that limits how many.
    optional = [name for name, section in (("notebooks", entry.notebooks), ("models", entry.models)) if section]
    bindings = {"workload": BindingArgs(role("workload"), "ServiceAccount", WORKLOAD)}
    for group, membership in entry.members.items():
        email = settings.groups[group].email
        for name in [membership.value, *(optional if membership is not Membership.VIEWER else [])]:
            bindings[f"{name}-{group}"] = BindingArgs(role(name), "Group", email)
    if (account := settings.repository_account(team)) is not None:
        for name in ["repository", *(name for name in optional if name == "models")]:
            bindings[f"jobs-{name}"] = BindingArgs(role(name), "User", account)
    return TeamAccessArgs(team, bindings, labels.team(settings, team), role("runtimes"))


def _limits(settings: Tenancy, team: str) -> TeamLimitsArgs:
    limits = settings.teams[team].limits
    return TeamLimitsArgs(
        namespace=team,
        cpu_millis=limits.cpu_millis,
        memory_mib=limits.memory_mib,
        max_cpu=limits.max_cpu,
        max_memory_gib=limits.max_memory_gib,
        labels=labels.team(settings, team),
    )


def _notes(settings: Tenancy, team: str) -> TeamNotesArgs:
    """Usage notes for people and scripts of a team; they contain no secret."""
    entry = settings.teams[team]
    notes = {"account": WORKLOAD, "queue": QUEUE}
    if entry.notebooks is not None:
        notes["notebooks"] = str(entry.notebooks.max)
        notes["notebook-disk"] = f"{entry.notebooks.storage_gib}Gi"
    if entry.models is not None:
        notes["models"] = str(entry.models.max)
        notes["models-root"] = settings.models_root(team, entry.models.bucket)
    return TeamNotesArgs(team, notes, labels.team(settings, team))
