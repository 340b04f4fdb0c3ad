"""Quotas and limits of queues compared with the GPUs of pools, and pools compared with the queues that offer them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from stacks.settings.checks.context import AnyContext, CloudContext, each, known_values, repeated
from stacks.settings.core.problems import Problem, key_path
from stacks.settings.core.unknown import all_entries, known_entries, known_items, known_keys, until_unknown
from stacks.settings.derived.gpu_counts import in_each_cluster
from stacks.settings.model.gpu_pools import ComputeClass, GpuPool
from stacks.settings.model.teams import Team

LOWER: Final = "lower the quotas: a team can borrow more than its nominal quota"


class Offer(NamedTuple):
    """What a queue offers under one key: a pool or a compute class, with its clusters and pools."""

    section: Literal["gpu_pools", "compute_classes"]
    key: str
    clusters: Sequence[str]
    pools: Sequence[GpuPool]

    def __str__(self) -> str:
        return f"{'pool' if self.section == 'gpu_pools' else 'compute class'} {self.key!r}"


def priorities(context: AnyContext) -> Iterator[Problem]:
    """Two priorities with one value."""
    values = known_values(context.settings.priorities, lambda priority: priority.value)
    for (key,), value, (other,) in repeated(((key,), value) for key, value in values):
        yield context.problem(
            ("priorities", key, "value"),
            f"{value} is also the value of {other!r}",
            "a different value for each priority",
        )


def limits(context: AnyContext) -> Iterator[Problem]:
    """Limits of a team's borrowing and lending that have no effect."""
    yield from each(
        context, context.settings.teams, _borrowing_gpus, _lending_gpus, _lent_cpu, _lent_memory, _lent_gpus
    )


def _borrowing_gpus(context: AnyContext, name: str, team: Team) -> Iterator[Problem]:
    yield from _limits_without_quota(
        context, name, team, "borrowing_limit", known_keys(team.queue.borrowing_limit.gpus)
    )


def _lending_gpus(context: AnyContext, name: str, team: Team) -> Iterator[Problem]:
    yield from _limits_without_quota(context, name, team, "lending_limit", known_keys(team.queue.lending_limit.gpus))


def _limits_without_quota(
    context: AnyContext, name: str, team: Team, field: str, keys: Iterator[str]
) -> Iterator[Problem]:
    for key in keys:
        if key not in team.quota.gpus:
            quota = key_path(("teams", name, "quota", "gpus", key))
            yield context.problem(
                ("teams", name, "queue", field, "gpus", key),
                f"team {name!r} has no quota of {key!r}",
                f"omit it, or set {quota} (0 for borrowing only)",
            )


def _lent_cpu(context: AnyContext, name: str, team: Team) -> Iterator[Problem]:
    yield from _lent(context, name, ("cpu",), team.queue.lending_limit.cpu, team.quota.cpu)


def _lent_memory(context: AnyContext, name: str, team: Team) -> Iterator[Problem]:
    yield from _lent(context, name, ("memory_gib",), team.queue.lending_limit.memory_gib, team.quota.memory_gib)


def _lent_gpus(context: AnyContext, name: str, team: Team) -> Iterator[Problem]:
    for key, limit in known_entries(team.queue.lending_limit.gpus):
        yield from until_unknown(_lent_gpu(context, name, team, key, limit))


def _lent_gpu(context: AnyContext, name: str, team: Team, key: str, limit: int) -> Iterator[Problem]:
    if key in team.quota.gpus:
        yield from _lent(context, name, ("gpus", key), limit, team.quota.gpus[key])


def _lent(
    context: AnyContext, name: str, resource: tuple[str, ...], limit: int | None, quota: int
) -> Iterator[Problem]:
    if limit is not None and limit > quota:
        yield context.problem(
            ("teams", name, "queue", "lending_limit", *resource),
            f"{limit} is above the nominal quota of {quota} of team {name!r}",
            f"at most {quota}, or omit it for no limit",
        )


def quotas(context: CloudContext) -> Iterator[Problem]:
    """Quotas of one team that no pool can provide."""
    yield from each(context, context.settings.teams, _quotas)


def _quotas(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    for key in known_keys(team.quota.gpus):
        for part in (_namespace, _amount, _of_class):
            yield from until_unknown(part(context, name, team, key))


def offer_of(context: CloudContext, key: str) -> Offer:
    """The pool or compute class of a key of a quota."""
    if key in context.settings.gpu_pools:
        pool = context.settings.gpu_pools[key]
        return Offer("gpu_pools", key, pool.clusters, [pool])
    return _offer_of_class(context, key, context.settings.compute_classes[key])


def _offer_of_class(context: CloudContext, key: str, compute_class: ComputeClass) -> Offer:
    pools = [context.settings.gpu_pools[pool] for pool in compute_class.priorities]
    return Offer("compute_classes", key, compute_class.clusters, pools)


def _namespace(context: CloudContext, name: str, team: Team, key: str) -> Iterator[Problem]:
    offer = offer_of(context, key)
    yield from missing_namespace(context, name, team, key, offer.clusters, str(offer))


def missing_namespace(
    context: AnyContext, name: str, team: Team, key: str, clusters: Sequence[str], what: str
) -> Iterator[Problem]:
    """The problem, if any, that a team has a namespace in none of the clusters with a pool of its quota."""
    if set(clusters) & set(team.clusters):
        return
    names = ", ".join(repr(cluster) for cluster in clusters)
    yield context.problem(
        ("teams", name, "quota", "gpus", key),
        f"{what} is in cluster{'' if len(clusters) == 1 else 's'} {names}, where team {name!r} has no namespace",
        f"add {clusters[0]} to {key_path(('teams', name, 'clusters'))}",
    )


def _amount(context: CloudContext, name: str, team: Team, key: str) -> Iterator[Problem]:
    offer, quota = offer_of(context, key), team.quota.gpus[key]
    if quota > (available := in_each_cluster(offer.pools)):
        yield context.problem(
            ("teams", name, "quota", "gpus", key), f"{quota} GPUs are more than {offer} has", f"at most {available}"
        )


def _of_class(context: CloudContext, name: str, _: Team, key: str) -> Iterator[Problem]:
    if (compute_class := context.settings.class_of(key)) is not None:
        yield context.problem(
            ("teams", name, "quota", "gpus", key),
            f"pool {key!r} belongs to compute class {compute_class!r}, whose pods it runs",
            f"set a quota of {compute_class} instead",
        )


def offers(context: CloudContext) -> Iterator[Problem]:
    """Pools and classes whose quotas exceed their GPUs in total, or that no queue offers."""
    for offer in (*_pool_offers(context), *_class_offers(context)):
        for part in (_total, _in_no_queue, _clusters_without_team):
            yield from until_unknown(part(context, offer))


def _pool_offers(context: CloudContext) -> Iterator[Offer]:
    for key, pool in all_entries(context.settings.gpu_pools):
        yield from until_unknown(_pool_offer(context, key, pool))


def _pool_offer(context: CloudContext, key: str, pool: GpuPool) -> Iterator[Offer]:
    if not pool.unqueued and context.settings.class_of(key) is None:
        yield Offer("gpu_pools", key, pool.clusters, [pool])


def _class_offers(context: CloudContext) -> Iterator[Offer]:
    for key, compute_class in all_entries(context.settings.compute_classes):
        yield from until_unknown(_class_offer(context, key, compute_class))


def _class_offer(context: CloudContext, key: str, compute_class: ComputeClass) -> Iterator[Offer]:
    if not compute_class.unqueued and key not in known_keys(context.settings.gpu_pools):
        yield _offer_of_class(context, key, compute_class)


def _total(context: CloudContext, offer: Offer) -> Iterator[Problem]:
    """Quotas that fit the pool one by one but not in total; those that are not known would only add to them."""
    available = in_each_cluster(offer.pools)
    totals: Counter[str] = Counter()
    teams: dict[str, list[str]] = {}
    shares = known_values(context.settings.teams, lambda team: (team.quota.gpus.get(offer.key, 0), list(team.clusters)))
    for name, (quota, clusters) in shares:
        if quota > available:
            return  # which is a problem of this team alone
        for cluster in dict.fromkeys(offer.clusters) if quota else ():
            if cluster in clusters:
                totals[cluster] += quota
                teams.setdefault(cluster, []).append(name)
    cluster, total = max(totals.items(), key=lambda item: item[1], default=("", 0))
    if total > available:
        yield context.problem(
            (offer.section, offer.key),
            f"the quotas of {_names(teams[cluster])} are {total} GPUs in total in cluster {cluster!r}, which has "
            f"{available} of them",
            LOWER,
        )


def _in_no_queue(context: CloudContext, offer: Offer) -> Iterator[Problem]:
    if offer.key not in known_keys(getattr(context.settings, offer.section)):
        return  # the key is not valid
    if not any(offer.key in team.quota.gpus for team in context.settings.teams.values()):
        yield context.problem(
            (offer.section, offer.key),
            "is in no team's queue, so that no job can use it",
            f"add {offer.key} to quota.gpus of a team (0 for borrowing only), or set unqueued: true",
        )


def _clusters_without_team(context: CloudContext, offer: Offer) -> Iterator[Problem]:
    users = [list(team.clusters) for team in context.settings.teams.values() if offer.key in team.quota.gpus]
    if any(not set(clusters) & set(offer.clusters) for clusters in users):
        return  # which is a problem of that team
    for index, cluster in known_items(offer.clusters):
        if users and not any(cluster in clusters for clusters in users):
            yield context.problem(
                (offer.section, offer.key, "clusters", index),
                f"no team with a quota of {offer.key!r} has a namespace in cluster {cluster!r}",
                "remove the cluster, or add it to a team's clusters",
            )


def unqueued_pools(context: CloudContext) -> Iterator[Problem]:
    """Pools outside of queues that are in a quota or in a compute class."""
    yield from each(context, context.settings.gpu_pools, _unqueued_priority, _unqueued_pool)


def unqueued_classes(context: CloudContext) -> Iterator[Problem]:
    """Compute classes outside of queues that are in a quota."""
    yield from each(context, context.settings.compute_classes, _unqueued_class)


def _unqueued_priority(context: CloudContext, key: str, pool: GpuPool) -> Iterator[Problem]:
    if pool.unqueued and (compute_class := context.settings.class_of(key)) is not None:
        yield context.problem(
            ("gpu_pools", key, "unqueued"),
            f"pool {key!r} belongs to compute class {compute_class!r} and is offered with it",
            f"omit it, or set {key_path(('compute_classes', compute_class, 'unqueued'))}",
        )


def _unqueued_pool(context: CloudContext, key: str, pool: GpuPool) -> Iterator[Problem]:
    if pool.unqueued and context.settings.class_of(key) is None:
        yield from _quota_of_unqueued(context, "gpu_pools", key)


def _unqueued_class(context: CloudContext, key: str, compute_class: ComputeClass) -> Iterator[Problem]:
    if compute_class.unqueued:
        yield from _quota_of_unqueued(context, "compute_classes", key)


def _quota_of_unqueued(context: CloudContext, section: str, key: str) -> Iterator[Problem]:
    for name, given in known_values(context.settings.teams, lambda team: key in known_keys(team.quota.gpus)):
        if given:
            yield context.problem(
                ("teams", name, "quota", "gpus", key),
                f"{key!r} is unqueued, so that no queue can offer it",
                f"omit it, or set {key_path((section, key, 'unqueued'))}: false",
            )


def _names(names: Sequence[str]) -> str:
    quoted = [repr(name) for name in names]
    return f"teams {', '.join(quoted[:-1])} and {quoted[-1]}"
