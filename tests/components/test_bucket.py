"""Tests of `components.bucket`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.bucket import Bucket, BucketArgs, CacheArgs, PlacementArgs, RetentionArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs, protected
from tests.components.grants import CONDITION, GRANTS

DAY = 24 * 60 * 60
RETENTION = RetentionArgs(versioning=True, soft_delete_days=7, noncurrent_days=30, expire_days=None)
BUCKET = BucketArgs(
    bucket_name="ml-service-datasets",
    project="ml-service",
    placement=PlacementArgs("europe-west4"),
    retention=RETENTION,
    hierarchical_namespace=False,
    key=None,
    labels={"team": "vision"},
)
NONCURRENT = {"action": {"type": "Delete"}, "condition": {"daysSinceNoncurrentTime": 30, "withState": "ARCHIVED"}}


def _graph(**changes: Any) -> Graph:
    return declare(lambda: Bucket("data-datasets", dataclasses.replace(BUCKET, **changes)))


def _bucket(**changes: Any) -> dict[str, Any]:
    return inputs(_graph(**changes), "data-datasets-bucket")


def _with_retention(**changes: Any) -> dict[str, Any]:
    return _bucket(retention=dataclasses.replace(RETENTION, **changes))


def test_bucket_is_not_public_and_is_not_deleted_with_the_code() -> None:
    """These inputs do not depend on arguments."""
    bucket = _bucket()

    assert bucket["uniformBucketLevelAccess"] is True
    assert bucket["publicAccessPrevention"] == "enforced"
    assert bucket["forceDestroy"] is False
    assert protected(_graph()) == {"data-datasets-bucket"}


def test_bucket_without_options_declares_only_the_basic_inputs() -> None:
    """An option that is off is not declared: declaring it could replace an existing bucket."""
    assert _bucket() == {
        "name": "ml-service-datasets",
        "project": "ml-service",
        "location": "europe-west4",
        "uniformBucketLevelAccess": True,
        "publicAccessPrevention": "enforced",
        "versioning": {"enabled": True},
        "softDeletePolicy": {"retentionDurationSeconds": 7 * DAY},
        "lifecycleRules": [NONCURRENT],
        "labels": {"team": "vision"},
        "forceDestroy": False,
    }


def test_bucket_in_two_regions_has_a_placement_and_turbo_replication() -> None:
    """A dual-region has data locations, and turbo replication is a recovery point objective."""
    placement = PlacementArgs("EU", dual_regions=["EUROPE-WEST1", "EUROPE-WEST4"], turbo_replication=True)
    bucket = _bucket(placement=placement)

    assert bucket["location"] == "EU"
    assert bucket["customPlacementConfig"] == {"dataLocations": ["EUROPE-WEST1", "EUROPE-WEST4"]}
    assert bucket["rpo"] == "ASYNC_TURBO"


def test_bucket_versioning_and_soft_delete_can_be_disabled() -> None:
    """Zero seconds disable soft delete; an absent policy would be Google's default of a week."""
    assert _with_retention(versioning=False)["versioning"] == {"enabled": False}
    assert _with_retention(soft_delete_days=None)["softDeletePolicy"] == {"retentionDurationSeconds": 0}


def test_bucket_deletes_noncurrent_versions_after_their_days() -> None:
    """Noncurrent versions are billed like objects, so they do not accumulate."""
    assert _with_retention(noncurrent_days=3)["lifecycleRules"] == [
        {"action": {"type": "Delete"}, "condition": {"daysSinceNoncurrentTime": 3, "withState": "ARCHIVED"}}
    ]


def test_bucket_deletes_live_objects_at_their_age() -> None:
    """A scratch bucket expires its objects; others have no rule for live objects."""
    assert _with_retention(expire_days=14)["lifecycleRules"] == [
        NONCURRENT,
        {"action": {"type": "Delete"}, "condition": {"age": 14, "withState": "LIVE"}},
    ]


def test_bucket_moves_live_objects_to_storage_classes_at_their_ages() -> None:
    """Each storage class has a rule."""
    rules = _with_retention(storage_classes={"NEARLINE": 30, "ARCHIVE": 365})["lifecycleRules"]

    assert rules == [
        NONCURRENT,
        {
            "action": {"type": "SetStorageClass", "storageClass": "NEARLINE"},
            "condition": {"age": 30, "withState": "LIVE"},
        },
        {
            "action": {"type": "SetStorageClass", "storageClass": "ARCHIVE"},
            "condition": {"age": 365, "withState": "LIVE"},
        },
    ]


def test_bucket_retention_policy_is_in_seconds_and_unlocked_by_default() -> None:
    """The API takes seconds as text."""
    assert _with_retention(retention_days=90)["retentionPolicy"] == {
        "retentionPeriod": str(90 * DAY),
        "isLocked": False,
    }
    assert _with_retention(retention_days=90, retention_locked=True)["retentionPolicy"]["isLocked"] is True


def test_bucket_autoclass_is_declared_where_it_is_enabled() -> None:
    """Autoclass moves objects instead of lifecycle rules."""
    assert _with_retention(autoclass=True)["autoclass"] == {"enabled": True}


def test_bucket_with_hierarchical_namespace_has_no_rule_for_versions() -> None:
    """Such buckets have no versions, and the API does not accept conditions about them."""
    bucket = _bucket(hierarchical_namespace=True, retention=dataclasses.replace(RETENTION, expire_days=14))

    assert bucket["hierarchicalNamespace"] == {"enabled": True}
    assert bucket["lifecycleRules"] == [{"action": {"type": "Delete"}, "condition": {"age": 14, "withState": "LIVE"}}]


def test_bucket_key_encrypts_new_objects() -> None:
    """The key is the default of the bucket."""
    assert _bucket(key="projects/p/key")["encryption"] == {"defaultKmsKeyName": "projects/p/key"}


def test_bucket_cache_has_its_zone_and_its_time_to_live_in_seconds() -> None:
    """A cache is a separate resource in a zone."""
    graph = _graph(caches={"europe-west4-a": CacheArgs(ttl_hours=24, ingest_on_write=True)})
    cache = inputs(graph, "data-datasets-cache-europe-west4-a")

    assert declared(graph)["data-datasets-cache-europe-west4-a"] == "gcp:storage/anywhereCache:AnywhereCache"
    assert cache == {
        "bucket": "ml-service-datasets",
        "zone": "europe-west4-a",
        "ttl": "86400s",
        "ingestOnWrite": True,
    }
    assert depends_on(graph, "data-datasets-cache-europe-west4-a") == {"data-datasets-bucket"}


def test_bucket_grants_are_roles_on_the_bucket() -> None:
    """Reading is the viewer of objects, writing the user of objects; an expiry is a condition."""
    graph = _graph(grants=GRANTS)

    assert inputs(graph, "data-datasets-group-analysts") == {
        "bucket": "ml-service-datasets",
        "role": "roles/storage.objectViewer",
        "member": "group:analysts@example.com",
    }
    assert inputs(graph, "data-datasets-group-engineers")["role"] == "roles/storage.objectUser"
    assert inputs(graph, "data-datasets-group-auditors")["condition"] == CONDITION
    assert depends_on(graph, "data-datasets-group-analysts") == {"data-datasets-bucket"}
