"""Local stacks: settings of the cloud that they do not have, and entries that do not fit each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import LocalContext, each, known_values, repeated
from stacks.settings.checks.mount_checks import missing_access
from stacks.settings.checks.queue_checks import LOWER, missing_namespace
from stacks.settings.core.problems import CLOUD_KEY, CLOUD_KEY_HINT, Place, Problem, key_path
from stacks.settings.core.query import EVERY, values_at
from stacks.settings.core.unknown import known_items, known_keys, until_unknown
from stacks.settings.model import local
from stacks.settings.model.local import LocalGpuPool, LocalMount, Operators
from stacks.settings.model.teams import Team

# Settings of groups and teams that need a cloud.
OF_A_CLOUD: Final[tuple[Place, ...]] = (
    ("groups", EVERY, "project_roles"),
    ("teams", EVERY, "egress"),
    ("teams", EVERY, "repository"),
)


def cloud_keys(context: LocalContext) -> Iterator[tuple[Problem, Place]]:
    """Every setting of a group or a team that needs a cloud, with its place."""
    for place in OF_A_CLOUD:
        for where, value in values_at(context.settings, place):
            if value:
                yield context.problem(where, CLOUD_KEY, CLOUD_KEY_HINT), where


def services_without_mesh(context: LocalContext) -> Iterator[tuple[Problem, Place]]:
    """The services of each team, with their place, where the stack has no mesh."""
    if context.settings.operators is Operators.NONE:
        for where, services in values_at(context.settings, ("teams", EVERY, "services")):
            if services:
                yield (
                    context.problem(
                        where,
                        "services need a mesh, which operators: none excludes",
                        "charts or installed, or omit them",
                    ),
                    where,
                )


def teams(context: LocalContext) -> Iterator[Problem]:
    """Every problem of one team."""
    yield from each(context, context.settings.teams, _quotas, _granted_by_bucket, _claims, _models)


def mounts(context: LocalContext) -> Iterator[Problem]:
    """Mounts of buckets to which their team has no access."""
    yield from each(context, context.settings.mounts, _access)


def gpu_pools(context: LocalContext) -> Iterator[Problem]:
    """Pools whose quotas exceed their GPUs in total."""
    yield from each(context, context.settings.gpu_pools, _total)


def folder_and_class(context: LocalContext) -> Iterator[Problem]:
    """A storage class that has no effect."""
    volumes = context.settings.volumes
    if volumes.folder is not None and volumes.storage_class is not None:
        yield context.problem(
            ("volumes", "storage_class"),
            "has no effect: volumes are in a folder",
            "omit one of folder and storage_class",
        )


def shared_volumes(context: LocalContext) -> Iterator[Problem]:
    """Two mounts of a bucket where a storage class creates a volume for each: neither sees the other's files."""
    if context.settings.volumes.folder is not None:
        return
    settings = context.settings
    every = settings.all_mounts()
    for (name,), bucket, (other,) in repeated(
        ((name,), bucket) for name, bucket in known_values(every, lambda mount: mount.bucket)
    ):
        key, _, team = str(name).partition(".")
        yield context.problem(
            ("teams", team, "data", key) if team else ("mounts", name, "bucket"),
            f"mount {other!r} is also of bucket {bucket!r}, and a storage class creates a volume for each",
            f"one mount, or set {key_path(('volumes', 'folder'))}",
        )


def _quotas(context: LocalContext, name: str, team: Team) -> Iterator[Problem]:
    for key in known_keys(team.quota.gpus):
        yield from until_unknown(_quota(context, name, team, key))
        yield from until_unknown(_namespace(context, name, team, key))


def _quota(context: LocalContext, name: str, team: Team, key: str) -> Iterator[Problem]:
    quota, available = team.quota.gpus[key], context.settings.gpu_pools[key].gpus
    if quota > available:
        yield context.problem(
            ("teams", name, "quota", "gpus", key),
            f"{quota} GPUs are more than pool {key!r} has",
            f"at most {available}",
        )


def _namespace(context: LocalContext, name: str, team: Team, key: str) -> Iterator[Problem]:
    pool = context.settings.gpu_pools[key]
    yield from missing_namespace(context, name, team, key, pool.clusters, f"pool {key!r}")


def _total(context: LocalContext, key: str, pool: LocalGpuPool) -> Iterator[Problem]:
    """Quotas that fit the pool one by one but not in total; those that are not known would only add to them."""
    for _, cluster in known_items(pool.clusters):
        yield from _total_in(context, key, pool, cluster)


def _total_in(context: LocalContext, key: str, pool: LocalGpuPool, cluster: str) -> Iterator[Problem]:
    shares = known_values(
        context.settings.teams, lambda team: team.quota.gpus.get(key, 0) if cluster in team.clusters else 0
    )
    quotas = [quota for _, quota in shares]
    if sum(quotas) > pool.gpus and max(quotas) <= pool.gpus:
        yield context.problem(
            ("gpu_pools", key),
            f"the quotas of its teams are {sum(quotas)} GPUs in total in cluster {cluster!r}, which has "
            f"{pool.gpus} of them",
            LOWER,
        )


def _access(context: LocalContext, name: str, mount: LocalMount) -> Iterator[Problem]:
    bucket, team = context.settings.buckets[mount.bucket], context.settings.teams[mount.team]
    granted = local.granted({mount.team: team}, mount.bucket, bucket, mount.team)
    yield from missing_access(context, name, mount, granted, granted_by_bucket=mount.team in bucket.workloads)


def _granted_by_bucket(context: LocalContext, name: str, team: Team) -> Iterator[Problem]:
    for key in known_keys(team.data):
        yield from until_unknown(_both_grants(context, name, key))


def _both_grants(context: LocalContext, name: str, key: str) -> Iterator[Problem]:
    if name in context.settings.buckets[key].workloads:
        where = key_path(("buckets", key, "workloads", name))
        yield context.problem(("teams", name, "data", key), f"{where} grants it too", "remove one of the two")


def _claims(context: LocalContext, name: str, team: Team) -> Iterator[Problem]:
    """A bucket that is mounted automatically has a claim with the bucket's key, which must not be taken."""
    own = _own_mounts(context, name, team)
    for key in team.data:
        if f"{key}.{name}" in own and key in own:
            yield context.problem(
                ("teams", name, "data", key),
                f"mount {key!r}, of another bucket, already has the claim {key!r} of team {name!r}",
                "mount: false, or another key for the other one",
            )


def _models(context: LocalContext, name: str, team: Team) -> Iterator[Problem]:
    """A bucket of models that is mounted in no claim of the team."""
    models = team.models
    if models is None:
        return
    if all(mount.bucket != models.bucket for mount in _own_mounts(context, name, team).values()):
        yield context.problem(
            ("teams", name, "models", "bucket"),
            f"team {name!r} has no claim of bucket {models.bucket!r}, which its endpoints read",
            f"set {key_path(('teams', name, 'data', models.bucket))}: read",
        )


def _own_mounts(context: LocalContext, name: str, team: Team) -> dict[str, LocalMount]:
    every = local.mounts({name: team}, context.settings.buckets, context.settings.mounts)
    return {key: mount for key, mount in every.items() if mount.team == name}
