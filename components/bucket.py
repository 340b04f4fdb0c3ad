"""A Cloud Storage bucket and the grants on it."""

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
    """The location of the data; `dual_regions` are the two regions of a multi-region that store it."""

    location: str
    dual_regions: Sequence[str] | None = None
    turbo_replication: bool = False


@dataclass(frozen=True)
class RetentionArgs:
    """How long objects and their versions are retained, in whole days; None disables the feature.

    `noncurrent_days` is the age at which noncurrent versions are deleted, `expire_days` that of live objects.
    `storage_classes` are the ages at which objects move, by storage class.
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
    """An Anywhere Cache in a zone: how long data stays in it, and whether writes fill it."""

    ttl_hours: int
    ingest_on_write: bool


@dataclass(frozen=True)
class BucketArgs:
    """The bucket, its `grants` by key and its `caches` by zone. Without a `key` a Google-managed key encrypts it."""

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
    """A bucket without public access, with soft delete, that is not deleted together with the code."""

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
            else {"data_locations": list(placement.dual_regions)},
            rpo="ASYNC_TURBO" if placement.turbo_replication else None,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            # Declared only where it is enabled: adding `enabled: False` later would replace the bucket.
            hierarchical_namespace={"enabled": True} if args.hierarchical_namespace else None,
            versioning={"enabled": retention.versioning},
            soft_delete_policy={"retention_duration_seconds": (retention.soft_delete_days or 0) * DAY},
            retention_policy=None
            if retention.retention_days is None
            else {
                "retention_period": str(retention.retention_days * DAY),
                "is_locked": retention.retention_locked,
            },
            autoclass={"enabled": True} if retention.autoclass else None,
            lifecycle_rules=list(_lifecycle(retention, hierarchical=args.hierarchical_namespace)),
            encryption=None if args.key is None else {"default_kms_key_name": args.key},
            labels=dict(args.labels),
            force_destroy=False,
            # Data outlives code: a bucket is deleted by a step of a runbook, not by removing a line.
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


def _lifecycle(retention: RetentionArgs, *, hierarchical: bool) -> Iterator[gcp.storage.BucketLifecycleRuleArgsDict]:
    """Deletion of noncurrent versions, which are billed like objects; deletion and storage classes of live objects."""
    if not hierarchical:  # such buckets have no versions; others may have some from before versioning was disabled
        yield {
            "action": {"type": "Delete"},
            "condition": {"days_since_noncurrent_time": retention.noncurrent_days, "with_state": "ARCHIVED"},
        }
    if retention.expire_days is not None:
        yield {"action": {"type": "Delete"}, "condition": {"age": retention.expire_days, "with_state": "LIVE"}}
    for storage_class, days in retention.storage_classes.items():
        yield {
            "action": {"type": "SetStorageClass", "storage_class": storage_class},
            "condition": {"age": days, "with_state": "LIVE"},
        }
