"""What does not go together in the settings of a local stack, told on whatever part of them is valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, TypeAdapter

from stacks.settings.checks import mesh_checks, names, queue_checks, references, team_sizes
from stacks.settings.checks.context import ANY, Draft
from stacks.settings.core.encrypted import without
from stacks.settings.core.problems import CLOUD_KEY, CLOUD_KEY_HINT, Place, Problem, key_path
from stacks.settings.core.query import EVERY, found, one
from stacks.settings.model import grants, local
from stacks.settings.model.local import LocalBucket, LocalGpuPool, LocalMount, Operators, Volumes
from stacks.settings.model.teams import Team

Entry = TypeVar("Entry", bound=BaseModel)

# What a group and a team can say in a cloud, and no cluster has by itself.
OF_A_CLOUD: Final[tuple[Place, ...]] = (
    ("groups", EVERY, "project_roles"),
    ("teams", EVERY, "egress"),
    ("teams", EVERY, "repository"),
)
OPERATORS: Final[TypeAdapter[Operators]] = TypeAdapter(Operators)
VOLUMES: Final[TypeAdapter[Volumes]] = TypeAdapter(Volumes)


def check(values: Mapping[str, Any], draft: Draft) -> Iterator[Problem]:
    """Every such problem; what a cloud stack is asked as well is asked in the same words."""
    yield from grants.check(values, draft.file)
    yield from names.taken(draft)
    cloud = set(_of_a_cloud(values))
    yield from (draft.problem(loc, CLOUD_KEY, CLOUD_KEY_HINT) for loc in cloud)
    meshless = set(_meshless(values))
    for loc in meshless:
        yield draft.problem(loc, "there is no mesh where operators is none", "charts or installed, or take it out")
    judged = without(values, sorted(cloud | meshless, key=str))
    yield from references.lost(judged, draft)
    yield from mesh_checks.services(judged, draft)
    yield from references.check(draft)
    yield from team_sizes.check(draft)
    yield from queue_checks.check(values, draft)
    pools = _entries(values, "gpu_pools", LocalGpuPool)
    buckets = _entries(values, "buckets", LocalBucket)
    mounts = _entries(values, "mounts", LocalMount)
    yield from _quotas(draft, pools)
    for name, mount in mounts.items():
        if (bucket := buckets.get(mount.bucket)) is not None and mount.team in draft.teams:
            granted = local.granted(draft.teams, mount.bucket, bucket, mount.team)
            yield from references.access(draft, name, mount, granted, bucket.workloads)
    for name, team in draft.teams.items():
        yield from _data(draft, name, team, buckets, mounts)
    yield from _volumes(values, draft, local.mounts(draft.teams, buckets, mounts))


def _of_a_cloud(values: Mapping[str, Any]) -> Iterator[Place]:
    """Where a group or a team says what only a cloud has: all else of both is written as there."""
    for place in OF_A_CLOUD:
        for loc, value in found(values, place, ANY):
            if value:
                yield loc


def _meshless(values: Mapping[str, Any]) -> Iterator[Place]:
    """Where a team has services and no mesh to keep what they say."""
    default = {"operators": Operators.CHARTS.value}
    if one({**default, **values}, ("operators",), OPERATORS) is Operators.NONE:
        for loc, value in found(values, ("teams", EVERY, "services"), ANY):
            if value:
                yield loc


def _data(
    draft: Draft, name: str, team: Team, buckets: Mapping[str, LocalBucket], mounts: Mapping[str, LocalMount]
) -> Iterator[Problem]:
    """A grant has one place, a claim one folder, and models lie on a claim of the team."""
    every = local.mounts({name: team}, buckets, mounts)
    own = {key: mount for key, mount in every.items() if mount.team == name}
    for key in team.data:
        here: Place = ("teams", name, "data", key)
        if key in buckets and name in buckets[key].workloads:
            where = key_path(("buckets", key, "workloads", name))
            yield draft.problem(here, f"{where} grants it too", "keep one of the two")
        if f"{key}.{name}" in own and key in own:
            yield draft.problem(
                here,
                f"mount {key!r}, of another bucket, has the claim {key!r} of team {name!r} already",
                "mount: false, or another key for the other one",
            )
    models = team.models
    if models is not None and models.bucket in buckets and all(one.bucket != models.bucket for one in own.values()):
        yield draft.problem(
            ("teams", name, "models", "bucket"),
            f"no claim of team {name!r} has bucket {models.bucket!r}, and endpoints read it",
            f"set {key_path(('teams', name, 'data', models.bucket))}: read",
        )


def _entries(values: Mapping[str, Any], section: str, model: type[Entry]) -> dict[str, Entry]:
    return {str(loc[1]): entry for loc, entry in found(values, (section, EVERY), TypeAdapter(model))}


def _quotas(draft: Draft, pools: Mapping[str, LocalGpuPool]) -> Iterator[Problem]:
    for name, team in draft.teams.items():
        for key, wanted in team.quota.gpus.items():
            pool = pools.get(key)
            if pool is None:
                continue
            here = ("teams", name, "quota", "gpus", key)
            if wanted > pool.gpus:
                yield draft.problem(here, f"{wanted} GPUs are more than pool {key!r} has", f"at most {pool.gpus}")
            yield from references.namespaces(draft, name, pool.clusters, here, f"pool {key!r}")
    for key, pool in pools.items():
        for cluster in pool.clusters:
            yield from _together(draft, key, pool, cluster)


def _together(draft: Draft, key: str, pool: LocalGpuPool, cluster: str) -> Iterator[Problem]:
    """What each team may be promised alone, all of them together may not."""
    promised = [team.quota.gpus.get(key, 0) for team in draft.teams.values() if cluster in team.clusters]
    if sum(promised) > pool.gpus and max(promised) <= pool.gpus:
        yield draft.problem(
            ("gpu_pools", key),
            f"teams are promised {sum(promised)} GPUs together in cluster {cluster!r}, which has {pool.gpus} of them",
            "promise less: what is above can be borrowed",
        )


def _volumes(values: Mapping[str, Any], draft: Draft, mounts: Mapping[str, LocalMount]) -> Iterator[Problem]:
    """What a storage class makes belongs to one claim: neither another team nor another mount sees what is in it."""
    volumes = one({"volumes": {}, **values}, ("volumes",), VOLUMES)
    if volumes is None:
        return
    if volumes.folder is not None:
        if volumes.storage_class is not None:
            yield draft.problem(
                ("volumes", "storage_class"), "no claim asks for a class where there is a folder", "one of the two"
            )
        return
    first: dict[str, str] = {}
    for name, mount in sorted(mounts.items()):
        other = first.setdefault(mount.bucket, name)
        if other != name and not draft.lacks("buckets", mount.bucket):
            key, _, team = name.partition(".")
            yield draft.problem(
                ("teams", team, "data", key) if team else ("mounts", name, "bucket"),
                f"mount {other!r} has bucket {mount.bucket!r} too, and a storage class gives each a volume of its own",
                f"one mount, or set {key_path(('volumes', 'folder'))}",
            )
