"""A bucket and everyone who may use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import DAY, ROLES, Component, GrantArgs, Labels, expiry_condition

HOUR: Final = 3600


@dataclass(frozen=True)
class PlacementArgs:
    """Where the data lies; `dual_regions` are two regions of a multi-region that alone hold it."""

    location: str
    dual_regions: Sequence[str] | None = None
    turbo_replication: bool = False


@dataclass(frozen=True)
class RetentionArgs:
    """How long what stays. Days are whole days; None switches the feature off.

    `storage_classes` is the age at which objects move to a storage class.
    """

    versioning: bool
    soft_delete_days: int | None
    noncurrent_days: int
    expire_days: int | None
    retention_days: int | None = None
    retention_locked: bool = False
    storage_classes: Mapping[str, int] = field(default_factory=dict)
    autoclass: bool = False


@dataclass(frozen=True)
class CacheArgs:
    """A cache in a zone."""

    ttl_hours: int
    ingest_on_write: bool


@dataclass(frozen=True)
class BucketArgs:
    """The bucket; `grants` are named by key, `caches` by zone. Without a `key` Google's own encrypts."""

    bucket_name: str
    project: str
    placement: PlacementArgs
    retention: RetentionArgs
    hierarchical_namespace: bool
    key: pulumi.Input[str] | None
    labels: Labels
    caches: Mapping[str, CacheArgs] = field(default_factory=dict)
    grants: Mapping[str, GrantArgs] = field(default_factory=dict)


class Bucket(Component):
    """A bucket that cannot be made public, keeps what is overwritten, and is not deleted with the code."""

    bucket: gcp.storage.Bucket

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the bucket, its caches and its grants."""
        super().__init__(name, opts)
        placement, retention = args.placement, args.retention
        self.bucket = gcp.storage.Bucket(
            f"{name}-bucket",
            name=args.bucket_name,
            project=args.project,
            location=placement.location,
            custom_placement_config=None
            if placement.dual_regions is None
            else gcp.storage.BucketCustomPlacementConfigArgs(data_locations=list(placement.dual_regions)),
            rpo="ASYNC_TURBO" if placement.turbo_replication else None,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            # Said only where it is wanted: a bucket that has none would be replaced by one that says so.
            hierarchical_namespace=gcp.storage.BucketHierarchicalNamespaceArgs(enabled=True)
            if args.hierarchical_namespace
            else None,
            versioning=gcp.storage.BucketVersioningArgs(enabled=retention.versioning),
            soft_delete_policy=gcp.storage.BucketSoftDeletePolicyArgs(
                retention_duration_seconds=(retention.soft_delete_days or 0) * DAY
            ),
            retention_policy=None
            if retention.retention_days is None
            else gcp.storage.BucketRetentionPolicyArgs(
                retention_period=str(retention.retention_days * DAY), is_locked=retention.retention_locked
            ),
            autoclass=gcp.storage.BucketAutoclassArgs(enabled=True) if retention.autoclass else None,
            lifecycle_rules=list(_lifecycle(retention, folders=args.hierarchical_namespace)),
            encryption=None if args.key is None else gcp.storage.BucketEncryptionArgs(default_kms_key_name=args.key),
            labels=dict(args.labels),
            force_destroy=False,
            # Data outlives code: deleting a bucket is a runbook's step, not a missing line in a file.
            opts=self.child(protect=True),
        )
        for zone, cache in args.caches.items():
            gcp.storage.AnywhereCache(
                f"{name}-cache-{zone}",
                bucket=self.bucket.name,
                zone=zone,
                ttl=f"{cache.ttl_hours * HOUR}s",
                ingest_on_write=cache.ingest_on_write,
                opts=self.child(),
            )
        for key, grant in args.grants.items():
            gcp.storage.BucketIAMMember(
                f"{name}-{key}",
                bucket=self.bucket.name,
                role=ROLES[grant.access],
                member=grant.member,
                condition=expiry_condition(grant.expiry),
                opts=self.child(),
            )
        self.register_outputs({"name": self.bucket.name})


def _lifecycle(retention: RetentionArgs, *, folders: bool) -> Iterator[gcp.storage.BucketLifecycleRuleArgs]:
    """Old versions go after a while, since each of them is billed like an object; live objects move and expire."""
    delete = gcp.storage.BucketLifecycleRuleActionArgs(type="Delete")
    if not folders:  # which have no versions; elsewhere some may be left from before versioning was switched off
        yield _rule(
            delete,
            gcp.storage.BucketLifecycleRuleConditionArgs(
                days_since_noncurrent_time=retention.noncurrent_days, with_state="ARCHIVED"
            ),
        )
    if retention.expire_days is not None:
        yield _rule(delete, gcp.storage.BucketLifecycleRuleConditionArgs(age=retention.expire_days, with_state="LIVE"))
    for storage_class, days in retention.storage_classes.items():
        move = gcp.storage.BucketLifecycleRuleActionArgs(type="SetStorageClass", storage_class=storage_class)
        yield _rule(move, gcp.storage.BucketLifecycleRuleConditionArgs(age=days, with_state="LIVE"))


def _rule(
    action: gcp.storage.BucketLifecycleRuleActionArgs, condition: gcp.storage.BucketLifecycleRuleConditionArgs
) -> gcp.storage.BucketLifecycleRuleArgs:
    return gcp.storage.BucketLifecycleRuleArgs(action=action, condition=condition)
