"""Promises and loans of queues held against what pools have, and pools against the queues that give their machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import EVERY, found
from stacks.settings.derived.gpu_counts import in_each_cluster
from stacks.settings.model.gpu_pools import GpuPool
from stacks.settings.model.queueing import PriorityValue
from stacks.settings.model.teams import Team

PRIORITY: Final[TypeAdapter[int]] = TypeAdapter(PriorityValue, config=ConfigDict(strict=True))


def check(values: Mapping[str, Any], draft: Draft) -> Iterator[Problem]:
    """Every promise that cannot be kept together with the others, and every pool that nobody's queue gives."""
    yield from _priorities(values, draft)
    for name, team in draft.teams.items():
        yield from _loans(draft, name, team)
    for section, key, clusters, pools in _offers(draft):
        yield from _together(draft, section, key, clusters, pools)
        yield from _reached(draft, section, key, clusters)
    yield from _unqueued(draft)


def _priorities(values: Mapping[str, Any], draft: Draft) -> Iterator[Problem]:
    """Two names for one priority are one too many: whoever reads them expects a difference."""
    first: dict[int, str] = {}
    for place, value in sorted(found(values, ("priorities", EVERY, "value"), PRIORITY)):
        key = str(place[1])
        if (other := first.setdefault(value, key)) != key:
            yield draft.problem(place, f"{value} is also the value of {other!r}", "each priority has its own value")


def _loans(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """Limits of what a team borrows and lends that can never matter."""
    for field in ("borrowing_limit", "lending_limit"):
        for key in getattr(team.queue, field).gpus:
            if key not in team.quota.gpus:
                quota = key_path(("teams", name, "quota", "gpus", key))
                yield draft.problem(
                    ("teams", name, "queue", field, "gpus", key),
                    f"team {name!r} has no quota of {key!r}",
                    f"leave it out, or set {quota} (0 to borrow only)",
                )
    promised: dict[Place, int] = {("cpu",): team.quota.cpu, ("memory_gib",): team.quota.memory_gib}
    promised |= {("gpus", key): number for key, number in team.quota.gpus.items()}
    lent: dict[Place, int | None] = {
        ("cpu",): team.queue.lending_limit.cpu,
        ("memory_gib",): team.queue.lending_limit.memory_gib,
    }
    lent |= {("gpus", key): number for key, number in team.queue.lending_limit.gpus.items()}
    for place, number in lent.items():
        if number is not None and number > promised.get(place, number):
            yield draft.problem(
                ("teams", name, "queue", "lending_limit", *place),
                f"{number} is more than the {promised[place]} that team {name!r} is promised",
                f"at most {promised[place]}, or leave it out to lend all",
            )


def _offers(draft: Draft) -> Iterator[tuple[str, str, Sequence[str], list[GpuPool]]]:
    """What queues give: each class, and each pool that is no rung, with its clusters and machines."""
    for key, pool in draft.gpu_pools.items():
        if draft.class_of(key) is None and not pool.unqueued:
            yield "gpu_pools", key, pool.clusters, [pool]
    for key, ladder in draft.compute_classes.items():
        pools = [draft.gpu_pools[rung] for rung in ladder.priorities if rung in draft.gpu_pools]
        if len(pools) == len(ladder.priorities) and not ladder.unqueued and key not in draft.keys["gpu_pools"]:
            yield "compute_classes", key, ladder.clusters, pools


def _together(
    draft: Draft, section: str, key: str, clusters: Sequence[str], pools: Sequence[GpuPool]
) -> Iterator[Problem]:
    """What each team may be promised alone, all of them together may not: then somebody's promise is none."""
    most = in_each_cluster(pools)
    promises: Counter[str] = Counter()
    for team in draft.teams.values():
        number = team.quota.gpus.get(key, 0)
        if number > most:
            return  # that is told already
        promises.update({cluster: number for cluster in clusters if cluster in team.clusters})
    cluster, number = max(promises.items(), key=lambda item: item[1], default=("", 0))
    if number > most:
        teams = sorted(
            name for name, team in draft.teams.items() if team.quota.gpus.get(key, 0) and cluster in team.clusters
        )
        yield draft.problem(
            (section, key),
            f"{_names(teams)} are promised {number} GPUs together in cluster {cluster!r}, which has {most} of them",
            "promise less: what is above can be borrowed",
        )


def _reached(draft: Draft, section: str, key: str, clusters: Sequence[str]) -> Iterator[Problem]:
    """Machines that no queue gives are machines that no job ever gets."""
    if not _known(draft):
        return  # somebody may well mean this one
    users = [team for team in draft.teams.values() if key in team.quota.gpus]
    if not users and key in draft.well_formed(section) and (section != "gpu_pools" or _settled(draft)):
        yield draft.problem(
            (section, key),
            "is in no team's queue, so that no job can ever have it",
            f"add {key} to quota.gpus of a team (0 to borrow only), or unqueued: true",
        )
    if any(not set(team.clusters) & set(clusters) for team in users):
        return  # that is told already
    for index, cluster in enumerate(clusters):
        if users and not any(cluster in team.clusters for team in users):
            yield draft.problem(
                (section, key, "clusters", index),
                f"no team that has a quota of {key!r} has a namespace in cluster {cluster!r}",
                "leave the cluster out, or add it to a team's",
            )


def _unqueued(draft: Draft) -> Iterator[Problem]:
    """What is no queue's is in no quota, and a rung is its class's."""
    for section, entries in (("gpu_pools", draft.gpu_pools), ("compute_classes", draft.compute_classes)):
        for key, entry in entries.items():
            if not entry.unqueued:
                continue
            if section == "gpu_pools" and (above := draft.class_of(key)) is not None:
                yield draft.problem(
                    (section, key, "unqueued"),
                    f"pool {key!r} is a rung of compute class {above!r}, and is given with it",
                    f"leave it out, or set {key_path(('compute_classes', above, 'unqueued'))}",
                )
                continue
            for name, team in draft.teams.items():
                if key in team.quota.gpus:
                    yield draft.problem(
                        ("teams", name, "quota", "gpus", key),
                        f"{key!r} is unqueued, so that no queue can give it",
                        f"leave it out, or {key_path((section, key, 'unqueued'))}: false",
                    )


def _known(draft: Draft) -> bool:
    """Whether it is certain what teams are promised, and where."""
    if "teams" not in draft.keys or len(draft.teams) != len(draft.keys["teams"]):
        return False
    for team in draft.teams.values():
        if draft.lost(team):
            return False
        for key in team.quota.gpus:
            if all(draft.lacks(section, key) for section in ("gpu_pools", "compute_classes")):
                return False
    return True


def _settled(draft: Draft) -> bool:
    """Whether it is certain which pools are priorities, and so given with their class."""
    priorities = {rung for ladder in draft.compute_classes.values() for rung in ladder.priorities}
    complete = len(draft.compute_classes) == len(draft.keys.get("compute_classes", ()))
    return complete and not any(draft.lacks("gpu_pools", rung) for rung in priorities)


def _names(names: Sequence[str]) -> str:
    quoted = [repr(name) for name in names]
    return f"teams {', '.join(quoted[:-1])} and {quoted[-1]}"
