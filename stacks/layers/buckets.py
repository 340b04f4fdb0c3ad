"""Buckets and the grants on them."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components._common import GrantArgs
from components.bucket import Bucket, BucketArgs, CacheArgs, PlacementArgs, RetentionArgs
from components.lake_connection import LakeConnection
from components.project_services import ProjectServices
from components.shared_bucket import SharedBucket, SharedBucketArgs
from components.workload_account import WorkloadAccount
from stacks import labels
from stacks.grants import of_people_and_workloads
from stacks.layers.encryption import Keys, Purpose
from stacks.layers.workloads import PIPELINES
from stacks.settings import Settings
from stacks.settings.facts.locations import kms_location
from stacks.settings.model.buckets import Bucket as BucketSettings
from stacks.settings.model.buckets import StorageClasses


def buckets(
    settings: Settings,
    *,
    google: gcp.Provider,
    apis: ProjectServices,
    keys: Keys,
    accounts: dict[str, WorkloadAccount],
    lakes: dict[str, LakeConnection],
) -> dict[str, pulumi.Input[str]]:
    """Buckets with their grants; returns the names of the buckets in Cloud Storage, by key."""
    names: dict[str, pulumi.Input[str]] = {}
    for key, entry in settings.buckets.items():
        grants = _grants(settings, key, accounts, lakes)
        if entry.existing_name is not None:
            SharedBucket(
                f"data-{key}",
                SharedBucketArgs(bucket_name=entry.existing_name, grants=grants),
                pulumi.ResourceOptions(provider=google),
            )
            names[key] = entry.existing_name
            continue
        bucket = Bucket(
            f"data-{key}",
            _bucket_args(settings, key, entry, grants, keys),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )
        names[key] = bucket.bucket.name
    return names


def _bucket_args(
    settings: Settings, key: str, entry: BucketSettings, grants: dict[str, GrantArgs], keys: Keys
) -> BucketArgs:
    location = kms_location(entry.location)  # None only without customer-managed keys, see `bucket_checks`
    return BucketArgs(
        bucket_name=settings.bucket_name(key),
        project=settings.projects.service,
        placement=PlacementArgs(
            location=entry.location,
            dual_regions=entry.dual_regions,
            turbo_replication=entry.turbo_replication,
        ),
        retention=RetentionArgs(
            versioning=entry.versioning,
            soft_delete_days=entry.soft_delete_days,
            noncurrent_days=entry.noncurrent_days,
            expire_days=entry.expire_days,
            retention_days=entry.retention_days,
            retention_locked=entry.retention_locked,
            storage_classes={} if entry.storage_classes is None else _colder(entry.storage_classes),
            autoclass=entry.autoclass,
        ),
        hierarchical_namespace=entry.hierarchical_namespace,
        key=None if location is None else keys.of(Purpose.BUCKETS, location),
        labels=labels.bucket(settings, entry),
        caches={zone: CacheArgs(cache.ttl_hours, cache.ingest_on_write) for zone, cache in entry.caches.items()},
        grants=grants,
    )


def _colder(storage_classes: StorageClasses) -> dict[str, int]:
    """Ages in days at which objects move to a colder storage class, by class."""
    days = {
        "NEARLINE": storage_classes.nearline_days,
        "COLDLINE": storage_classes.coldline_days,
        "ARCHIVE": storage_classes.archive_days,
    }
    return {name: age for name, age in days.items() if age is not None}


def _grants(
    settings: Settings, key: str, accounts: dict[str, WorkloadAccount], lakes: dict[str, LakeConnection]
) -> dict[str, GrantArgs]:
    """Grants on one bucket, by grantee."""
    grants = of_people_and_workloads(settings, accounts, settings.group_access(key), settings.workload_access(key))
    if settings.pipelines is not None and settings.pipelines.bucket == key:
        grants[f"workload-{PIPELINES}"] = GrantArgs(accounts[PIPELINES].member, "write")
    for warehouse, lake in lakes.items():
        if settings.warehouses[warehouse].bucket == key:
            grants[f"warehouse-{warehouse}"] = GrantArgs(lake.member, "read")
    return grants
