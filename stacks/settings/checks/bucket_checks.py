"""Buckets that the cloud would refuse, or would make and that would not keep what they promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Place, Problem, suggest
from stacks.settings.facts.locations import is_dual, is_region, kms_location, locations, regions_of, wide
from stacks.settings.model.buckets import Bucket, StorageClasses
from stacks.settings.model.data_classes import rules_of

Finding = tuple[Place, str, str]

# What only the stack that owns a bucket can say of it.
OWNERS: Final = (
    "dual_regions",
    "turbo_replication",
    "hierarchical_namespace",
    "versioning",
    "retention_days",
    "retention_locked",
    "storage_classes",
    "autoclass",
    "caches",
)


def check(draft: Draft) -> Iterator[Problem]:
    """Every problem of one bucket that takes more than one of its values to see."""
    for name, bucket in draft.buckets.items():
        for place, message, hint in _findings(draft, bucket):
            yield draft.problem(("buckets", name, *place), message, hint)


def _findings(draft: Draft, bucket: Bucket) -> Iterator[Finding]:
    if not is_region(bucket.location) and bucket.location not in wide():
        yield ("location",), f"no location {bucket.location} is known", suggest(bucket.location, list(wide()))
        return
    if bucket.existing_name is not None:
        for field in OWNERS:
            if getattr(bucket, field) != Bucket.model_fields[field].get_default(call_default_factory=True):
                yield (field,), "the stack that owns the bucket decides this", "leave it out beside existing_name"
        return
    yield from _class(bucket)
    yield from _dual(bucket)
    yield from _keeping(bucket)
    yield from _colder(bucket)
    yield from _caches(bucket)
    if draft.encrypts and kms_location(bucket.location) is None:
        yield (
            ("location",),
            f"no key can serve {bucket.location}, and the stack has keys of its own",
            f"one of {', '.join(sorted(name for name, place in wide().items() if place.kms))}, or a region",
        )


def _class(bucket: Bucket) -> Iterator[Finding]:
    rules = rules_of(bucket.data_class)
    for field, reason in rules.needs.items():
        if getattr(bucket, field) is None:
            yield (field,), f"{bucket.data_class} data needs it: {reason}", "set it, or choose another data_class"
    for field, reason in rules.refuses.items():
        if getattr(bucket, field):
            yield (field,), f"{bucket.data_class} data cannot have it: {reason}", "leave it out"


def _dual(bucket: Bucket) -> Iterator[Finding]:
    if bucket.dual_regions is not None:
        around = locations().multi_regions
        if bucket.location not in around:
            yield (
                ("location",),
                f"{bucket.location} is not around two regions of one's own",
                f"one of {', '.join(around)}",
            )
            return
        inside = [region.upper() for region in around[bucket.location].regions]
        for index, region in enumerate(bucket.dual_regions):
            if region not in inside:
                yield (
                    ("dual_regions", index),
                    f"{region} does not lie in {bucket.location}",
                    f"one of {', '.join(inside)}",
                )
    # https://cloud.google.com/storage/docs/managing-turbo-replication
    if bucket.turbo_replication and not is_dual(bucket.location, bucket.dual_regions):
        duals = ", ".join(locations().dual_regions)
        yield (
            ("turbo_replication",),
            f"{bucket.location} is no dual-region; turbo replication works between exactly two regions",
            f"a location such as {duals}, or dual_regions",
        )


def _keeping(bucket: Bucket) -> Iterator[Finding]:
    """Folders, versions and retention: https://cloud.google.com/storage/docs/hns-overview#limitations."""
    if bucket.hierarchical_namespace:
        if bucket.versioning:
            yield ("versioning",), "a bucket with a hierarchical namespace keeps no versions", "soft_delete_days does"
        if bucket.retention_days is not None:
            yield (
                ("retention_days",),
                "a bucket with a hierarchical namespace takes no retention",
                "one of the two; soft_delete_days brings back what was deleted",
            )
    elif bucket.retention_days is not None and bucket.versioning:
        yield (
            ("versioning",),
            "versions and retention exclude each other: what cannot be replaced has no versions",
            "leave out one of the two",
        )
    if bucket.retention_locked and bucket.retention_days is None:
        yield ("retention_locked",), "there is no retention to lock", "set retention_days"
    if (
        bucket.retention_days is not None
        and bucket.expire_days is not None
        and bucket.expire_days < bucket.retention_days
    ):
        yield (
            ("expire_days",),
            f"objects expire after {bucket.expire_days} days and cannot be deleted for {bucket.retention_days}",
            f"at least {bucket.retention_days}",
        )


def _colder(bucket: Bucket) -> Iterator[Finding]:
    storage_classes = bucket.storage_classes
    if storage_classes is None:
        return
    if bucket.autoclass:
        yield ("storage_classes",), "autoclass decides by itself when objects move", "one of the two"
        return
    before: tuple[str, int] | None = None
    for field in StorageClasses.model_fields:
        days = getattr(storage_classes, field)
        if days is None:
            continue
        if before is not None and days <= before[1]:
            yield ("storage_classes", field), f"{days} is not after {before[0]}", f"at least {before[1] + 1}"
        elif bucket.expire_days is not None and days >= bucket.expire_days:
            yield (
                ("storage_classes", field),
                f"objects are deleted after {bucket.expire_days} days, before they move",
                f"at most {bucket.expire_days - 1}",
            )
        before = (field, days)


def _caches(bucket: Bucket) -> Iterator[Finding]:
    """A cache lies within its bucket: https://cloud.google.com/storage/docs/anywhere-cache."""
    regions = regions_of(bucket.location, bucket.dual_regions)
    for zone in bucket.caches:
        if zone.rpartition("-")[0] not in regions:
            yield (
                ("caches", zone),
                f"zone {zone!r} does not lie in the bucket, which is in {', '.join(regions)}",
                "a zone of one of these regions",
            )
