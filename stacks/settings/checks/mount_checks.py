"""Mounts that would start and then fail: caches that do not fit, names that are stale, two mounts that become one."""

from __future__ import annotations

from collections.abc import Iterator

from stacks.settings.checks import cache_checks
from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Place, Problem, key_path, suggest
from stacks.settings.model.mounts import FOR_EVER, SYSTEM, CacheMedium, Mount, Profile

Finding = tuple[str, str, str]


def check(draft: Draft) -> Iterator[Problem]:
    """Every problem of mounts that takes more than one value to see."""
    for name, mount in draft.mounts.items():
        for field, message, hint in [*_alone(mount), *_bucket(draft, mount)]:
            yield draft.problem(("mounts", name, field), message, hint)
        yield from _pool(draft, name, mount)
    yield from _twice(draft)
    yield from _media(draft)
    yield from cache_checks.check(draft)


def _alone(mount: Mount) -> Iterator[Finding]:
    if mount.file_cache_mib is None:
        for field in ("cache_medium", "largest_file_mib"):
            if getattr(mount, field) != Mount.model_fields[field].default:
                yield field, "there is no cache of files for it", "set file_cache_mib, or leave it out"
    else:
        if mount.pool is None:
            yield "file_cache_mib", "a cache of files takes room of a node, and no pool is named", "set pool"
        if (largest := mount.largest_file_mib) is not None and largest > mount.file_cache_mib:
            yield "file_cache_mib", f"a file of {largest} MiB is never cached", f"at least {largest}"
    if mount.profile is Profile.CHECKPOINTING and mount.read_only:
        yield "read_only", "checkpoints are written", "false, or another profile"
    if not mount.read_only and mount.metadata_ttl_seconds == FOR_EVER:
        yield (
            "metadata_ttl_seconds",
            "names that are cached for ever hide what is written elsewhere",
            "seconds, such as 60; for ever goes with read_only",
        )


def _bucket(draft: Draft, mount: Mount) -> Iterator[Finding]:
    """A mount writes a file by replacing its object: retention lets it be written once and never touched again."""
    bucket = draft.buckets.get(mount.bucket)
    if bucket is not None and bucket.retention_days is not None and not mount.read_only:
        yield (
            "read_only",
            f"bucket {mount.bucket!r} lets nobody replace an object for {bucket.retention_days} days",
            f"true, or no {key_path(('buckets', mount.bucket, 'retention_days'))}",
        )


def _pool(draft: Draft, name: str, mount: Mount) -> Iterator[Problem]:
    """The problem, if any, that no node of the pool ever runs a pod of the team."""
    if mount.pool is None or mount.pool == SYSTEM:
        return
    here: Place = ("mounts", name, "pool")
    if draft.lacks("gpu_pools", mount.pool):
        known = [*draft.keys["gpu_pools"], SYSTEM]
        yield draft.problem(here, f"no entry {mount.pool!r} in gpu_pools", suggest(mount.pool, known))
        return
    pool, team = draft.gpu_pools.get(mount.pool), draft.teams.get(mount.team)
    if pool is None or team is None or draft.lost(team):
        return
    clusters = pool.clusters
    if not set(clusters) & set(team.clusters) and not draft.lost(pool):
        yield draft.problem(
            here,
            f"pool {mount.pool!r} is in cluster {clusters[0]!r}, where team {mount.team!r} has no namespace",
            f"a pool in {' or '.join(team.clusters)}",
        )


def _twice(draft: Draft) -> Iterator[Problem]:
    """What one of two mounts of a folder has cached, it does not see the other one change."""
    first: dict[tuple[str, str, str | None], str] = {}
    for name, mount in sorted(draft.mounts.items()):
        other = first.setdefault((mount.team, mount.bucket, mount.only_dir), name)
        if other != name:
            yield draft.problem(
                ("mounts", name, "only_dir" if mount.only_dir else "bucket"),
                f"mount {other!r} shows team {mount.team!r} the same folder of bucket {mount.bucket!r}",
                "one mount, or another only_dir: two caches of one folder do not see each other's changes",
            )


def _media(draft: Draft) -> Iterator[Problem]:
    """A pod has one volume for the caches of all of its mounts."""
    first: dict[tuple[str, str | None], tuple[str, CacheMedium]] = {}
    for name, mount in sorted(draft.mounts.items()):
        if mount.file_cache_mib is None or mount.pool is None:
            continue
        other, medium = first.setdefault((mount.team, mount.pool), (name, mount.cache_medium))
        if medium is not mount.cache_medium:
            yield draft.problem(
                ("mounts", name, "cache_medium"),
                f"the caches of a pod share one volume, and mount {other!r} in pool {mount.pool!r} has its on {medium}",
                medium.value,
            )
