"""Tests of the changes and replacements that the stand-in reports."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.wire import SECRET, SIGNATURE, UNKNOWN_STRING
from tests.stand_in.diff import compare

BUCKET = "gcp:storage/bucket:Bucket"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
CLUSTER = "gcp:container/cluster:Cluster"
GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember"


def _found(kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(change.path, change.how, change.replaces) for change in compare(kind, before, after)]


@pytest.mark.parametrize(
    ("kind", "before", "after", "expected"),
    [
        (BUCKET, {"labels": {"team": "a"}}, {"labels": {"team": "b"}}, [("labels.team", "update", False)]),
        (BUCKET, {"labels": {}}, {"labels": {"a.b/c": "d"}}, [('labels["a.b/c"]', "add", False)]),
        (BUCKET, {"name": "a", "location": "EU"}, {"name": "a", "location": "US"}, [("location", "update", True)]),
        (BUCKET, {"rules": [1, 2]}, {"rules": [1]}, [("rules[1]", "delete", False)]),
        (BUCKET, {"url": "a"}, {"url": UNKNOWN_STRING}, [("url", "update", False)]),
        (CLUSTER, {"nodeConfig": {"spot": True}}, {"nodeConfig": {}}, [("nodeConfig.spot", "delete", True)]),
        (CLUSTER, {"nodeConfig": {"tags": ["a"]}}, {"nodeConfig": {}}, [("nodeConfig.tags", "delete", False)]),
        (CLUSTER, {"nodeConfigs": 1}, {"nodeConfigs": 2}, [("nodeConfigs", "update", False)]),
        (GRANT, {"role": "a"}, {"role": "b"}, [("role", "update", True)]),
        (CLAIM, {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, [("metadata.name", "update", True)]),
        (CLAIM, {"metadata": {"labels": {"a": "b"}}}, {"metadata": {}}, [("metadata.labels", "delete", False)]),
        (CLAIM, {"spec": {"volumeName": "a"}}, {"spec": {"volumeName": "b"}}, [("spec.volumeName", "update", True)]),
    ],
)
def test_compare(
    kind: str, before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, str, bool]]
) -> None:
    """Each change has its path, its kind, and whether the real provider replaces the resource."""
    assert _found(kind, before, after) == expected
    assert compare(kind, before, before) == []


def test_internal_keys_are_not_changes() -> None:
    """The engine and real providers add internal keys to the inputs, at every depth."""
    before = {"__defaults": ["a"], "__internal": {}, "name": "a", "nested": {"__defaults": [], "b": 1}}

    assert compare(BUCKET, before, {"name": "a", "nested": {"b": 1.0}}) == []


def test_secrets_are_compared_by_value() -> None:
    """A value that becomes secret is unchanged; another secret value is a change."""
    secret = {SIGNATURE: SECRET, "value": "hunter2"}

    assert compare(BUCKET, {"a": "hunter2"}, {"a": secret}) == []
    assert _found(BUCKET, {"a": secret}, {"a": {**secret, "value": "hunter3"}}) == [("a", "update", False)]


def test_key_of_a_change_is_the_name_of_the_input() -> None:
    """Paths may be those of a part."""
    keys = [change.key for change in compare(BUCKET, {"a": {"b": 1}, "c": [1]}, {"a": {"b": 2}, "c": [2]})]

    assert keys == ["a", "c"]
