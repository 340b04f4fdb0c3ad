"""A team's place in each of its clusters, and who may do what there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
from stacks.layers import mesh, pod_security, quota_overhead, quotas
from stacks.layers.identity import repository_account
from stacks.settings import Local, Settings
from stacks.settings.derived import local_data, team_data
from stacks.settings.model.teams import Membership


@dataclass(frozen=True)
class Ground:
    """What only a cloud has for a namespace: the addresses of teams' accounts."""

    accounts: Mapping[str, str] = field(default_factory=dict)


def namespaces(
    settings: Settings | Local, kubernetes: dict[str, k8s.Provider], guards: dict[str, PodGuard], ground: Ground
) -> dict[tuple[str, str], TeamNamespace]:
    """A namespace for each team in each of its clusters, by cluster and team."""
    return {
        (cluster, team): TeamNamespace(
            f"team-{cluster}.{team}",  # keys have no dots, so no two pairs make one name
            TeamNamespaceArgs(
                namespace=team,
                account=ground.accounts.get(team),
                quota=_quota(settings, cluster, team),
                labels=labels.team(settings, team),
                pod_security=pod_security.exception(settings, team),
                in_mesh=mesh.covers(settings),
            ),
            pulumi.ResourceOptions(
                provider=kubernetes[cluster],
                depends_on=pod_security.before(settings, cluster, team, guards),
            ),
        )
        for team, entry in settings.teams.items()
        for cluster in entry.clusters
    }


def _quota(settings: Settings | Local, cluster: str, team: str) -> QuotaArgs:
    """The team's quota and, on top of it, what the platform puts into the namespace and what notebooks need."""
    entry = settings.teams[team]
    # The queue holds teams to their promises; the wall around a namespace stands where no loan reaches it.
    most = quotas.most(settings, cluster, team)
    given = _given(settings, team)
    notebooks = 0 if entry.notebooks is None else entry.notebooks.max
    disks = 0 if entry.notebooks is None else notebooks * entry.notebooks.storage_gib
    driver = quota_overhead.room(settings, cluster, team)
    return QuotaArgs(
        cpu=most.cpu + driver.cpu,
        memory_gib=most.memory_gib + driver.memory_gib,
        gpus=most.gpus,
        storage_gib=entry.quota.storage_gib + disks + sum(given),
        counts={
            "count/inferenceservices.serving.kserve.io": 0 if entry.models is None else entry.models.max,
            "count/notebooks.kubeflow.org": notebooks,
            "persistentvolumeclaims": entry.quota.claims + notebooks + len(given),
            "pods": entry.quota.pods,
            # What is reached from outside goes through the gateway, which the settings list.
            "services.loadbalancers": 0,
            "services.nodeports": 0,
        },
    )


def _given(settings: Settings | Local, team: str) -> list[int]:
    """The claims that the platform makes in a namespace, by their size in GiB.

    That of a bucket means nothing, and a quota of disks counts it all the same.
    """
    if isinstance(settings, Local):
        volumes = local_data.mounts(settings.teams, settings.buckets, settings.mounts)
        return [settings.buckets[mount.bucket].size_gib for mount in volumes.values() if mount.team == team]
    mounts = team_data.mounts(settings.teams, settings.buckets, settings.mounts)
    shares = [share.capacity_gib for share in settings.file_shares.values() if team in share.teams]
    return [*(SIZE_GIB for mount in mounts.values() if mount.team == team), *shares]


def people_and_jobs(
    settings: Settings | Local, kubernetes: dict[str, k8s.Provider], namespaces: dict[tuple[str, str], TeamNamespace]
) -> None:
    """Who may do what in each namespace, what a container asks for by default, and words about it."""
    roles = {
        cluster: TeamRoles(
            f"team-roles-{cluster}", TeamRolesArgs(labels.shared(settings)), pulumi.ResourceOptions(provider=provider)
        )
        for cluster, provider in kubernetes.items()
    }
    for (cluster, team), namespace in namespaces.items():
        marks, limits = labels.team(settings, team), settings.teams[team].limits
        here = pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace])
        TeamAccess(
            f"access-{cluster}.{team}",
            TeamAccessArgs(team, _bindings(settings, team), marks),
            pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace, roles[cluster]]),
        )
        TeamLimits(
            f"limits-{cluster}.{team}",
            TeamLimitsArgs(
                namespace=team,
                cpu_millis=limits.cpu_millis,
                memory_mib=limits.memory_mib,
                max_cpu=limits.max_cpu,
                max_memory_gib=limits.max_memory_gib,
                labels=marks,
            ),
            here,
        )
        TeamNotes(f"notes-{cluster}.{team}", TeamNotesArgs(team, _guide(settings, team), marks), here)


def _bindings(settings: Settings | Local, team: str) -> dict[str, BindingArgs]:
    """The bindings of one namespace, by the role and who has it; no role is called workload or jobs-something."""
    entry = settings.teams[team]
    # What a team may run only where its settings say how many.
    extra = [name for name, has in (("notebooks", entry.notebooks), ("models", entry.models)) if has is not None]
    bindings = {"workload": BindingArgs(role("workload"), "ServiceAccount", WORKLOAD)}
    for group, membership in entry.members.items():
        email = settings.groups[group].email
        for name in [membership.value, *(extra if membership is not Membership.VIEWER else [])]:
            bindings[f"{name}-{group}"] = BindingArgs(role(name), "Group", email)
    if entry.repository is not None and isinstance(settings, Settings):
        account = f"{repository_account(team)}@{settings.projects.service}.iam.gserviceaccount.com"
        for name in ["repository", *(name for name in extra if name == "models")]:
            bindings[f"jobs-{name}"] = BindingArgs(role(name), "User", account)
    return bindings


def _guide(settings: Settings | Local, team: str) -> dict[str, str]:
    """What people and scripts of a team look up; nothing of it is secret."""
    entry = settings.teams[team]
    guide = {"account": WORKLOAD, "queue": QUEUE}
    if entry.notebooks is not None:
        guide["notebooks"] = str(entry.notebooks.max)
        guide["notebook-disk"] = f"{entry.notebooks.storage_gib}Gi"
    if entry.models is not None:
        guide["models"] = str(entry.models.max)
        guide["models-root"] = _root(settings, team, entry.models.bucket)
    return guide


def _root(settings: Settings | Local, team: str, bucket: str) -> str:
    """Where endpoints find a team's models: in the bucket or, without a cloud, on the claim that stands for it."""
    if isinstance(settings, Settings):
        return f"gs://{settings.buckets[bucket].existing_name or f'{settings.projects.service}-{bucket}'}"
    mounts = sorted(local_data.mounts(settings.teams, settings.buckets, settings.mounts).items())
    claims = (team_data.claim(key) for key, mount in mounts if (mount.team, mount.bucket) == (team, bucket))
    return f"pvc://{next(claims)}"
