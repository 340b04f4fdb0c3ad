"""Teams whose pods would be refused, or could not reach what they need, by what the settings say elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Problem, key_path
from stacks.settings.model.gpu_pools import SharingStrategy
from stacks.settings.model.pod_security import PodSecurityLevel, endless
from stacks.settings.model.teams import Team

# https://cloud.google.com/kubernetes-engine/docs/how-to/nvidia-mps-gpus: pods of such a pool set hostIPC, which every
# profile but privileged refuses.
LETS_IPC: Final = (PodSecurityLevel.HOST_IPC, PodSecurityLevel.PRIVILEGED)


def check(draft: Draft) -> Iterator[Problem]:
    """Every such team, told at the value that should be another."""
    for name, team in draft.teams.items():
        yield from _exception(draft, name, team)
        yield from _host_ipc(draft, name, team)
        yield from _hosts(draft, name, team)
    yield from _pipelines(draft)


def _exception(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    if team.pod_security is not None and endless(team.pod_security):
        level = team.pod_security.level.value
        yield draft.problem(
            ("teams", name, "pod_security", "until"),
            "is missing",
            f"the last day, in quotes, on which {level} is right; only host-ipc may do without",
        )


def _host_ipc(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """A promise of GPUs that no pod of the team may use."""
    if team.pod_security is not None and team.pod_security.level in LETS_IPC:
        return
    level = "restricted" if team.pod_security is None else team.pod_security.level.value
    for key, wanted in team.quota.gpus.items():
        shared = sorted(pool for pool in _pools(draft, key) if _is_mps(draft, pool))
        if wanted and shared:
            yield draft.problem(
                ("teams", name, "quota", "gpus", key),
                f"pods on pool {shared[0]!r} share GPUs by MPS and set hostIPC, which the profile {level} refuses",
                f"{key_path(('teams', name, 'pod_security'))}: {{level: host-ipc, reason: ...}}, or a pool that shares "
                "by time-sharing",
            )


def _pools(draft: Draft, key: str) -> list[str]:
    """The pools that a key of a quota stands for."""
    ladder = draft.compute_classes.get(key)
    return [key] if ladder is None else ladder.priorities


def _is_mps(draft: Draft, key: str) -> bool:
    pool = draft.gpu_pools.get(key)
    return pool is not None and pool.sharing is not None and pool.sharing.strategy is SharingStrategy.MPS


def _hosts(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """Names are for GKE's own policies, which a cluster has to be told to take."""
    for index, key in enumerate(team.egress):
        to = draft.destinations.get(key)
        if to is None or not to.hosts:
            continue
        for cluster in team.clusters:
            entry = draft.clusters.get(cluster)
            if entry is not None and not entry.fqdn_policies:
                yield draft.problem(
                    ("teams", name, "egress", index),
                    f"{key!r} names hosts, and cluster {cluster!r} takes no policies that do",
                    f"{key_path(('clusters', cluster, 'fqdn_policies'))}: true, which is not taken back lightly",
                )


def _pipelines(draft: Draft) -> Iterator[Problem]:
    """Who may call the API of pipelines calls it inside of one cluster."""
    pipelines = draft.pipelines
    for index, name in enumerate(() if pipelines is None else pipelines.teams):
        team = draft.teams.get(name)
        if pipelines is None or team is None or draft.lost(team) or draft.lacks("clusters", pipelines.cluster):
            continue
        if pipelines.cluster not in team.clusters:
            yield draft.problem(
                ("pipelines", "teams", index),
                f"team {name!r} has no namespace in cluster {pipelines.cluster!r}, where pipelines run",
                f"add {pipelines.cluster} to {key_path(('teams', name, 'clusters'))}",
            )
