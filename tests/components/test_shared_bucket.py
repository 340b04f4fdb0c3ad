"""Tests of `components.shared_bucket`."""

from __future__ import annotations

from components.shared_bucket import SharedBucket, SharedBucketArgs
from tests.components.declare import declare, declared, inputs
from tests.components.grants import CONDITION, GRANTS


def test_shared_bucket_declares_grants_only() -> None:
    """Another stack declares the bucket."""
    graph = declare(lambda: SharedBucket("data-shared", SharedBucketArgs("other-datasets", GRANTS)))

    assert declared(graph) == {f"data-shared-{key}": "gcp:storage/bucketIAMMember:BucketIAMMember" for key in GRANTS}
    assert inputs(graph, "data-shared-group-analysts") == {
        "bucket": "other-datasets",
        "role": "roles/storage.objectViewer",
        "member": "group:analysts@example.com",
    }
    assert inputs(graph, "data-shared-group-engineers")["role"] == "roles/storage.objectUser"
    assert inputs(graph, "data-shared-group-auditors")["condition"] == CONDITION
