"""Buckets that Cloud Storage would refuse, or that would not retain data as their settings say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import CloudContext, each
from stacks.settings.core.problems import Place, Problem
from stacks.settings.core.query import EVERY, values_at
from stacks.settings.core.spelling import suggest
from stacks.settings.core.unknown import field_or, known_items, known_keys
from stacks.settings.facts.locations import is_dual, is_region, kms_location, locations, regions_of, wide
from stacks.settings.model.buckets import Bucket, StorageClasses
from stacks.settings.model.data_classes import rules_of

# What only the stack that owns a bucket can set.
OWNER_FIELDS: Final = (
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


def unknown_locations(context: CloudContext) -> Iterator[tuple[Problem, Place]]:
    """Every location that Cloud Storage does not have, with its place: nothing else can be said about it."""
    for place, location in values_at(context.settings, ("buckets", EVERY, "location")):
        if not is_region(location) and location not in wide():
            yield context.problem(place, f"unknown location {location}", suggest(location, wide())), place


def check(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one bucket."""
    yield from each(
        context,
        context.settings.buckets,
        _existing,
        _required_by_class,
        _excluded_by_class,
        _dual_location,
        _dual_regions,
        _turbo_replication,
        _versioning,
        _hierarchical_retention,
        _retention_lock,
        _expiry,
        _autoclass,
        _storage_classes,
        _moves_before_expiry,
        _caches,
        _key,
    )


def _existing(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    if bucket.existing_name is None:
        return
    for field in OWNER_FIELDS:
        default = Bucket.model_fields[field].get_default(call_default_factory=True)
        if field_or(bucket, field, default) != default:
            yield context.problem(
                ("buckets", name, field),
                "is set by the stack that owns the bucket",
                "omit it together with existing_name",
            )


def _required_by_class(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    if bucket.existing_name is None:
        for field, reason in rules_of(bucket.data_class).needs.items():
            if field_or(bucket, field, field) is None:
                yield context.problem(
                    ("buckets", name, field),
                    f"{bucket.data_class} data needs it: {reason}",
                    "set it, or choose another data_class",
                )


def _excluded_by_class(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    if bucket.existing_name is None:
        for field, reason in rules_of(bucket.data_class).refuses.items():
            if field_or(bucket, field, None):
                yield context.problem(
                    ("buckets", name, field), f"{bucket.data_class} data excludes it: {reason}", "omit it"
                )


def _dual_location(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    multi_regions = locations().multi_regions
    if bucket.existing_name is None and bucket.dual_regions is not None and bucket.location not in multi_regions:
        yield context.problem(
            ("buckets", name, "location"),
            f"{bucket.location} has no custom dual-regions",
            f"one of {', '.join(multi_regions)} together with dual_regions",
        )


def _dual_regions(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    multi_region = locations().multi_regions.get(bucket.location)
    if bucket.existing_name is not None or bucket.dual_regions is None or multi_region is None:
        return
    inside = [region.upper() for region in multi_region.regions]
    for index, region in known_items(bucket.dual_regions):
        if region not in inside:
            yield context.problem(
                ("buckets", name, "dual_regions", index),
                f"{region} is not in {bucket.location}",
                f"one of {', '.join(inside)}",
            )


def _turbo_replication(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    """https://cloud.google.com/storage/docs/managing-turbo-replication."""
    if (
        bucket.existing_name is None
        and bucket.turbo_replication
        and bucket.dual_regions is None
        and not is_dual(bucket.location, None)
    ):
        duals = ", ".join(locations().dual_regions)
        yield context.problem(
            ("buckets", name, "turbo_replication"),
            f"{bucket.location} is not a dual-region; turbo replication needs exactly two regions",
            f"a location such as {duals}, or dual_regions",
        )


def _versioning(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    """https://cloud.google.com/storage/docs/hns-overview#limitations."""
    if bucket.existing_name is not None or not bucket.versioning:
        return
    here = ("buckets", name, "versioning")
    if bucket.hierarchical_namespace:
        yield context.problem(
            here, "a bucket with a hierarchical namespace does not support versioning", "false; use soft_delete_days"
        )
    elif bucket.retention_days is not None:
        yield context.problem(
            here,
            "versioning and retention exclude each other: retained objects cannot be replaced",
            "omit one of versioning and retention_days",
        )


def _hierarchical_retention(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    if bucket.existing_name is None and bucket.hierarchical_namespace and bucket.retention_days is not None:
        yield context.problem(
            ("buckets", name, "retention_days"),
            "a bucket with a hierarchical namespace does not support retention",
            "omit one of the two; soft_delete_days restores deleted objects",
        )


def _retention_lock(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    if bucket.existing_name is None and bucket.retention_locked and bucket.retention_days is None:
        yield context.problem(
            ("buckets", name, "retention_locked"), "there is no retention to lock", "set retention_days"
        )


def _expiry(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    retention, expiry = bucket.retention_days, bucket.expire_days
    if bucket.existing_name is None and retention is not None and expiry is not None and expiry < retention:
        yield context.problem(
            ("buckets", name, "expire_days"),
            f"objects expire after {expiry} days but cannot be deleted for {retention}",
            f"at least {retention}",
        )


def _autoclass(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    if bucket.existing_name is None and bucket.autoclass and bucket.storage_classes is not None:
        yield context.problem(
            ("buckets", name, "storage_classes"),
            "autoclass chooses the storage class automatically",
            "omit one of autoclass and storage_classes",
        )


def _storage_classes(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    """Moves to cheaper storage in an order that is not that of the classes."""
    if bucket.existing_name is not None or bucket.storage_classes is None or bucket.autoclass:
        return
    before: tuple[str, int] | None = None
    for field, days in _moves(bucket.storage_classes):
        if before is not None and days <= before[1]:
            yield context.problem(
                ("buckets", name, "storage_classes", field),
                f"{days} is not after {before[0]}",
                f"at least {before[1] + 1}",
            )
        before = (field, days)


def _moves_before_expiry(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    expiry = bucket.expire_days
    if bucket.existing_name is not None or bucket.storage_classes is None or bucket.autoclass or expiry is None:
        return
    for field, days in _moves(bucket.storage_classes):
        if days >= expiry:
            yield context.problem(
                ("buckets", name, "storage_classes", field),
                f"objects are deleted after {expiry} days, before they move",
                f"at most {expiry - 1}",
            )


def _moves(storage_classes: StorageClasses) -> Iterator[tuple[str, int]]:
    """The classes with the ages in days at which objects move to them, as far as they are known."""
    for field in StorageClasses.model_fields:
        days: int | None = field_or(storage_classes, field, None)
        if days is not None:
            yield field, days


def _caches(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    """A cache is in a region of its bucket: https://cloud.google.com/storage/docs/anywhere-cache."""
    if bucket.existing_name is not None:
        return
    regions = regions_of(bucket.location, bucket.dual_regions)
    for zone in known_keys(bucket.caches):
        if zone.rpartition("-")[0] not in regions:
            yield context.problem(
                ("buckets", name, "caches", zone),
                f"zone {zone!r} is not in the bucket's regions: {', '.join(regions)}",
                "a zone of one of these regions",
            )


def _key(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    """A location without a place for customer-managed keys."""
    if (
        bucket.existing_name is None
        and context.settings.encryption is not None
        and kms_location(bucket.location) is None
    ):
        supported = sorted(location for location, place in wide().items() if place.kms)
        yield context.problem(
            ("buckets", name, "location"),
            f"{bucket.location} does not support the customer-managed keys that encryption asks for",
            f"one of {', '.join(supported)}, or a region",
        )
