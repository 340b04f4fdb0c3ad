"""Limits and quotas of teams that exceed a quota or the size of a cluster."""

from __future__ import annotations

import math
from collections.abc import Iterator

from stacks.settings.checks.context import AnyContext, CloudContext, each
from stacks.settings.core.problems import Problem
from stacks.settings.derived import cluster_size
from stacks.settings.derived.pod_resources import driver_overhead
from stacks.settings.model import team_data
from stacks.settings.model.teams import Team


def limits(context: AnyContext) -> Iterator[Problem]:
    """Containers without requests must get some, and fit the limits and the quota."""
    yield from each(
        context,
        context.settings.teams,
        _default_cpu,
        _default_memory,
        _max_cpu,
        _max_memory,
        _default_cpu_quota,
        _default_memory_quota,
    )


def check(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one team that depends on mounts or on the size of clusters."""
    yield from each(context, context.settings.teams, _driver, _cpu, _memory)


def _default_cpu(context: AnyContext, name: str, team: Team) -> Iterator[Problem]:
    default, limit = team.limits.cpu_millis, team.limits.max_cpu
    yield from _above_limit(context, name, ("cpu_millis", default), ("max_cpu", limit), 1000)


def _default_memory(context: AnyContext, name: str, team: Team) -> Iterator[Problem]:
    default, limit = team.limits.memory_mib, team.limits.max_memory_gib
    yield from _above_limit(context, name, ("memory_mib", default), ("max_memory_gib", limit), 1024)


def _above_limit(
    context: AnyContext, name: str, default: tuple[str, int], limit: tuple[str, int | None], unit: int
) -> Iterator[Problem]:
    (field, value), (limit_field, limit_value) = default, limit
    if limit_value is not None and value > limit_value * unit:
        yield context.problem(
            ("teams", name, "limits", field), f"{value} is above {limit_field}", f"at most {limit_value * unit}"
        )


def _max_cpu(context: AnyContext, name: str, team: Team) -> Iterator[Problem]:
    yield from _above_quota(context, name, "max_cpu", team.limits.max_cpu, team.quota.cpu)


def _max_memory(context: AnyContext, name: str, team: Team) -> Iterator[Problem]:
    yield from _above_quota(context, name, "max_memory_gib", team.limits.max_memory_gib, team.quota.memory_gib)


def _above_quota(context: AnyContext, name: str, field: str, limit: int | None, quota: int) -> Iterator[Problem]:
    if limit is not None and limit > quota:
        yield context.problem(
            ("teams", name, "limits", field), f"{limit} is above the team's quota", f"at most {quota}"
        )


def _default_cpu_quota(context: AnyContext, name: str, team: Team) -> Iterator[Problem]:
    if team.limits.max_cpu is None:
        yield from _default_above_quota(context, name, "cpu_millis", team.limits.cpu_millis, team.quota.cpu * 1000)


def _default_memory_quota(context: AnyContext, name: str, team: Team) -> Iterator[Problem]:
    if team.limits.max_memory_gib is None:
        quota_mib = team.quota.memory_gib * 1024
        yield from _default_above_quota(context, name, "memory_mib", team.limits.memory_mib, quota_mib)


def _default_above_quota(context: AnyContext, name: str, field: str, default: int, quota: int) -> Iterator[Problem]:
    if default > quota:
        yield context.problem(
            ("teams", name, "limits", field),
            f"the default request of a container exceeds the team's quota of {quota}",
            f"at most {quota}",
        )


def _driver(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    """The limit holds for the driver's container too, which a pod with mounts has."""
    limit = team.limits.max_memory_gib
    if limit is None:
        return
    mounts = team_data.mounts({name: team}, context.settings.buckets, context.settings.mounts)
    needs = driver_overhead(mounts, name)
    if needs.driver_mib > limit * 1024:
        yield context.problem(
            ("teams", name, "limits", "max_memory_gib"),
            f"the driver's container of a pod with the team's mounts requests {needs.driver_mib} MiB",
            f"at least {math.ceil(needs.driver_mib / 1024)}, or smaller caches",
        )


def _cpu(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    sizes = _max_sizes(context, team)
    yield from _above_size(context, name, "cpu", team.quota.cpu, [cores for cores, _ in sizes], "cores")


def _memory(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    sizes = _max_sizes(context, team)
    yield from _above_size(context, name, "memory_gib", team.quota.memory_gib, [memory for _, memory in sizes], "GiB")


def _max_sizes(context: CloudContext, team: Team) -> list[tuple[int, int]]:
    """Cores and GiB of each of the team's clusters at its maximum size; none where one has an unknown machine."""
    pools = context.settings.gpu_pools
    sizes = [
        cluster_size.max_size(key, context.settings.clusters[key], pools.values())
        for key in dict.fromkeys(team.clusters)
    ]
    known = [size for size in sizes if size is not None]
    return known if len(known) == len(sizes) else []


def _above_size(
    context: CloudContext, name: str, field: str, quota: int, sizes: list[int], unit: str
) -> Iterator[Problem]:
    """A quota that no cluster of the team can ever provide."""
    if sizes and quota > max(sizes):
        clusters = "its cluster" if len(sizes) == 1 else "any of its clusters"
        yield context.problem(
            ("teams", name, "quota", field),
            f"{quota} {unit} exceed the maximum size of {clusters}",
            f"at most {max(sizes)}",
        )
