"""What does not go together in the settings of a local stack, told on whatever part of them is valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, TypeAdapter

from stacks.settings import grants, names, references
from stacks.settings.draft import ANY, Draft
from stacks.settings.local import LocalBucket, LocalGpuPool, LocalMount, Volumes
from stacks.settings.places import EVERY, found, one
from stacks.settings.problems import CLOUD_KEY, CLOUD_KEY_HINT, Problem, key_path

Entry = TypeVar("Entry", bound=BaseModel)

VOLUMES: Final[TypeAdapter[Volumes]] = TypeAdapter(Volumes)


def check(values: Mapping[str, Any], draft: Draft) -> Iterator[Problem]:
    """Every such problem; what a cloud stack is asked as well is asked in the same words."""
    yield from grants.check(values, draft.file)
    yield from names.taken(draft)
    yield from references.lost(values, draft)
    yield from references.check(draft)
    # A group is written as in the cloud but for this: there is no project to have roles on.
    for loc, roles in found(values, ("groups", EVERY, "project_roles"), ANY):
        if roles:
            yield draft.problem(loc, CLOUD_KEY, CLOUD_KEY_HINT)
    pools = _entries(values, "gpu_pools", LocalGpuPool)
    buckets = _entries(values, "buckets", LocalBucket)
    mounts = _entries(values, "mounts", LocalMount)
    yield from _quotas(draft, pools)
    for name, mount in mounts.items():
        if (bucket := buckets.get(mount.bucket)) is not None:
            granted = bucket.workloads.get(mount.team)
            yield from references.access(draft, name, mount, granted)
    yield from _volumes(values, draft, mounts)


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
            yield draft.problem(
                ("mounts", name, "bucket"),
                f"mount {other!r} has bucket {mount.bucket!r} too, and a storage class gives each a volume of its own",
                f"one mount, or set {key_path(('volumes', 'folder'))}",
            )
