"""Teams whose pods would be refused, or could not reach what they need, because of other settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from stacks.settings.checks.context import CloudContext, each
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.unknown import known_entries, known_items, until_unknown
from stacks.settings.model.gpu_pools import SharingStrategy
from stacks.settings.model.pod_security import PodSecurityLevel, endless
from stacks.settings.model.teams import Team

# https://cloud.google.com/kubernetes-engine/docs/how-to/nvidia-mps-gpus: pods of such a pool set hostIPC, which every
# profile but privileged refuses.
ALLOWS_HOST_IPC: Final = (PodSecurityLevel.HOST_IPC, PodSecurityLevel.PRIVILEGED)


def check(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one team."""
    yield from each(context, context.settings.teams, _exception, _host_ipc, _host_names)


def pipelines(context: CloudContext) -> Iterator[Problem]:
    """Callers of the pipelines' API without a namespace in its cluster."""
    if (declared := context.settings.pipelines) is not None:
        for index, name in known_items(declared.teams):
            yield from until_unknown(_caller(context, ("pipelines", "teams", index), name, declared.cluster))


def _exception(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    if team.pod_security is not None and endless(team.pod_security):
        yield context.problem(
            ("teams", name, "pod_security", "until"),
            "is missing",
            f"the last day, in quotes, of {team.pod_security.level.value}; only host-ipc may have no end",
        )


def _host_ipc(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    """A quota of GPUs that no pod of the team may use."""
    if team.pod_security is not None and team.pod_security.level in ALLOWS_HOST_IPC:
        return
    level = "restricted" if team.pod_security is None else team.pod_security.level.value
    for key, quota in known_entries(team.quota.gpus):
        if quota:
            yield from until_unknown(_mps(context, name, key, level))


def _mps(context: CloudContext, name: str, key: str, level: str) -> Iterator[Problem]:
    shared = next((pool for pool in sorted(_pools(context, key)) if _is_mps(context, pool)), None)
    if shared is not None:
        yield context.problem(
            ("teams", name, "quota", "gpus", key),
            f"pods on pool {shared!r} share GPUs by MPS and set hostIPC, which the profile {level} refuses",
            f"{key_path(('teams', name, 'pod_security'))}: {{level: host-ipc, reason: ...}}, or a pool that shares "
            "by time-sharing",
        )


def _pools(context: CloudContext, key: str) -> Sequence[str]:
    """The pools of a key of a quota."""
    compute_class = context.settings.compute_classes.get(key)
    return [key] if compute_class is None else compute_class.priorities


def _is_mps(context: CloudContext, key: str) -> bool:
    sharing = context.settings.gpu_pools[key].sharing
    return sharing is not None and sharing.strategy is SharingStrategy.MPS


def _host_names(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    """Host names need GKE's own FQDN network policies, which a cluster supports only where they are enabled."""
    for index, key in known_items(team.egress):
        for _, cluster in known_items(team.clusters):
            yield from until_unknown(_fqdn(context, ("teams", name, "egress", index), key, cluster))


def _fqdn(context: CloudContext, here: Place, key: str, cluster: str) -> Iterator[Problem]:
    if context.settings.network.egress.allow[key].hosts and not context.settings.clusters[cluster].fqdn_policies:
        yield context.problem(
            here,
            f"{key!r} has host names, for which cluster {cluster!r} has no network policies",
            f"{key_path(('clusters', cluster, 'fqdn_policies'))}: true, which cannot be reverted without replacing it",
        )


def _caller(context: CloudContext, here: Place, name: str, cluster: str) -> Iterator[Problem]:
    if cluster not in context.settings.teams[name].clusters:
        yield context.problem(
            here,
            f"team {name!r} has no namespace in cluster {cluster!r}, where pipelines run",
            f"add {cluster} to {key_path(('teams', name, 'clusters'))}",
        )
