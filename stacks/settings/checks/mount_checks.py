"""Mounts that would start and then fail or serve stale data."""

from __future__ import annotations

from collections.abc import Iterator

from stacks.settings.checks.context import CloudContext, Context, each, known_values, repeated
from stacks.settings.core.problems import Problem, key_path
from stacks.settings.core.unknown import field_or
from stacks.settings.model import team_data
from stacks.settings.model.grants import Access
from stacks.settings.model.local import LocalMount
from stacks.settings.model.mounts import INDEFINITELY, SYSTEM, CacheMedium, Mount, Profile
from stacks.settings.model.tenancy import Tenancy


def check(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one mount."""
    yield from each(
        context,
        context.settings.mounts,
        _cache_settings,
        _cache_pool,
        _largest_file,
        _checkpoints,
        _stale_metadata,
        _retention,
        _pool_cluster,
        _access,
    )


def same_folder(context: CloudContext) -> Iterator[Problem]:
    """Two mounts of one folder for one team: what one of them caches hides the changes of the other."""
    mounts = context.settings.mounts
    folders = known_values(mounts, lambda mount: (mount.team, mount.bucket, mount.only_dir))
    for (name,), (team, bucket, folder), (other,) in repeated(((name,), folder) for name, folder in folders):
        yield context.problem(
            ("mounts", name, "only_dir" if folder else "bucket"),
            f"mount {other!r} is of the same folder of bucket {bucket!r} for team {team!r}",
            "one mount, or another only_dir: two caches of one folder do not see each other's changes",
        )


def cache_media(context: CloudContext) -> Iterator[Problem]:
    """Caches on several media in one pod, which has one volume for the caches of all of its mounts."""
    first: dict[tuple[str, str], tuple[str, CacheMedium]] = {}
    mounts = context.settings.mounts
    for name, (team, pool, medium) in known_values(mounts, _cache):
        if pool is None:
            continue
        other, expected = first.setdefault((team, pool), (name, medium))
        if medium is not expected:
            yield context.problem(
                ("mounts", name, "cache_medium"),
                f"the caches of a pod share one volume, and that of mount {other!r} in pool {pool!r} uses {expected}",
                expected.value,
            )


def _cache(mount: Mount) -> tuple[str, str | None, CacheMedium]:
    """Team, pool and medium of a mount with a file cache; without one there is no pool."""
    return mount.team, None if mount.file_cache_mib is None else mount.pool, mount.cache_medium


def _cache_settings(context: CloudContext, name: str, mount: Mount) -> Iterator[Problem]:
    if mount.file_cache_mib is not None:
        return
    for field in ("cache_medium", "largest_file_mib"):
        default = Mount.model_fields[field].default
        if field_or(mount, field, default) != default:
            yield context.problem(
                ("mounts", name, field), "has no effect without a file cache", "set file_cache_mib, or omit it"
            )


def _cache_pool(context: CloudContext, name: str, mount: Mount) -> Iterator[Problem]:
    if mount.file_cache_mib is not None and mount.pool is None:
        yield context.problem(
            ("mounts", name, "file_cache_mib"), "a file cache uses capacity of a node, but no pool is set", "set pool"
        )


def _largest_file(context: CloudContext, name: str, mount: Mount) -> Iterator[Problem]:
    largest, cache = mount.largest_file_mib, mount.file_cache_mib
    if cache is not None and largest is not None and largest > cache:
        yield context.problem(
            ("mounts", name, "file_cache_mib"), f"a file of {largest} MiB is never cached", f"at least {largest}"
        )


def _checkpoints(context: CloudContext, name: str, mount: Mount) -> Iterator[Problem]:
    if mount.profile is Profile.CHECKPOINTING and mount.read_only:
        yield context.problem(
            ("mounts", name, "read_only"), "checkpoints need write access", "false, or another profile"
        )


def _stale_metadata(context: CloudContext, name: str, mount: Mount) -> Iterator[Problem]:
    if not mount.read_only and mount.metadata_ttl_seconds == INDEFINITELY:
        yield context.problem(
            ("mounts", name, "metadata_ttl_seconds"),
            "metadata that is cached indefinitely hides the changes of other writers",
            "seconds, such as 60; -1 needs read_only",
        )


def _retention(context: CloudContext, name: str, mount: Mount) -> Iterator[Problem]:
    """A mount writes a file by replacing its object, which retention forbids."""
    days = context.settings.buckets[mount.bucket].retention_days
    if days is not None and not mount.read_only:
        yield context.problem(
            ("mounts", name, "read_only"),
            f"objects of bucket {mount.bucket!r} cannot be replaced for {days} days",
            f"true, or no {key_path(('buckets', mount.bucket, 'retention_days'))}",
        )


def _pool_cluster(context: CloudContext, name: str, mount: Mount) -> Iterator[Problem]:
    """A pool whose nodes never run a pod of the team."""
    if mount.pool is None or mount.pool == SYSTEM:
        return
    pool, team = context.settings.gpu_pools[mount.pool], context.settings.teams[mount.team]
    if not set(pool.clusters) & set(team.clusters):
        yield context.problem(
            ("mounts", name, "pool"),
            f"pool {mount.pool!r} is in cluster {pool.clusters[0]!r}, where team {mount.team!r} has no namespace",
            f"a pool in {' or '.join(team.clusters)}",
        )


def _access(context: CloudContext, name: str, mount: Mount) -> Iterator[Problem]:
    bucket, team = context.settings.buckets[mount.bucket], context.settings.teams[mount.team]
    grant = team_data.workloads({mount.team: team}, mount.bucket, bucket).get(mount.team)
    yield from missing_access(
        context,
        name,
        mount,
        None if grant is None else grant.access,
        granted_by_bucket=mount.team in bucket.workloads,
    )


def missing_access(
    context: Context[Tenancy], name: str, mount: Mount | LocalMount, granted: Access | None, *, granted_by_bucket: bool
) -> Iterator[Problem]:
    """The problem, if any, that the team of a mount lacks the access that the mount needs.

    `granted` is the access that it has, and `granted_by_bucket` tells whether the entry of the bucket grants it.
    """
    needed = Access.READ if mount.read_only else Access.WRITE
    if granted is None or (needed is Access.WRITE and granted is Access.READ):
        has = "no access" if granted is None else f"{granted.value} access only"
        of_bucket, of_team = (
            ("buckets", mount.bucket, "workloads", mount.team),
            ("teams", mount.team, "data", mount.bucket),
        )
        yield context.problem(
            ("mounts", name, "bucket"),
            f"workloads of team {mount.team!r} have {has} to bucket {mount.bucket!r}; the mount needs {needed.value}",
            f"set {key_path(of_bucket if granted_by_bucket else of_team)}: {needed.value}",
        )
