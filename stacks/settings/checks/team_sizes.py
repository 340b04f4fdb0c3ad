"""Limits and quotas of teams that no container and no cluster can keep."""

from __future__ import annotations

import math
from collections.abc import Iterator

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Problem
from stacks.settings.derived import cluster_size
from stacks.settings.derived.pod_resources import driver_overhead
from stacks.settings.model import team_data
from stacks.settings.model.teams import Team


def check(draft: Draft) -> Iterator[Problem]:
    """Every such problem, told at the team."""
    for name, team in draft.teams.items():
        yield from _limits(draft, name, team)
        yield from _driver(draft, name, team)
        yield from _size(draft, name, team)


def _limits(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """A container that asks for nothing must get something, and fit."""
    limits, quota = team.limits, team.quota
    for field, asked, largest, most, step in (
        ("cpu_millis", limits.cpu_millis, "max_cpu", limits.max_cpu, 1000),
        ("memory_mib", limits.memory_mib, "max_memory_gib", limits.max_memory_gib, 1024),
    ):
        if most is not None and asked > most * step:
            yield draft.problem(
                ("teams", name, "limits", field), f"{asked} is above {largest}", f"at most {most * step}"
            )
        whole = quota.cpu if field == "cpu_millis" else quota.memory_gib
        if most is not None and most > whole:
            yield draft.problem(
                ("teams", name, "limits", largest), f"{most} is above the team's quota", f"at most {whole}"
            )
        elif most is None and asked > whole * step:
            yield draft.problem(
                ("teams", name, "limits", field),
                f"a container that asks for nothing would be above the team's quota of {whole * step}",
                f"at most {whole * step}",
            )


def _driver(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """A pod with mounts has a container of the driver, for which the most of one container holds too."""
    most = team.limits.max_memory_gib
    needs = driver_overhead(team_data.mounts(draft.teams, draft.buckets, draft.mounts), name)
    if most is not None and needs.driver_mib > most * 1024:
        yield draft.problem(
            ("teams", name, "limits", "max_memory_gib"),
            f"the driver's container of a pod with the team's mounts asks for {needs.driver_mib} MiB",
            f"at least {math.ceil(needs.driver_mib / 1024)}, or smaller caches",
        )


def _size(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """Cores and memory that no cluster of the team can ever have are a promise that nobody keeps."""
    sizes = [_most(draft, cluster) for cluster in team.clusters]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        return
    for index, (field, what) in enumerate((("cpu", "cores"), ("memory_gib", "GiB"))):
        wanted, most = getattr(team.quota, field), max(size[index] for size in known)
        if wanted > most:
            clusters = "its cluster" if len(known) == 1 else "any of its clusters"
            yield draft.problem(
                ("teams", name, "quota", field),
                f"{wanted} {what} are more than the pools of {clusters} can grow to",
                f"at most {most}",
            )


def _most(draft: Draft, name: str) -> tuple[int, int] | None:
    """Cores and GiB of a cluster with all of its nodes; None where one of its pools or machines is not known."""
    cluster = draft.clusters.get(name)
    pools = draft.gpu_pools
    if cluster is None or draft.keys.get("gpu_pools") != frozenset(pools) or any(map(draft.lost, pools.values())):
        return None
    return cluster_size.max_size(name, cluster, pools.values())
