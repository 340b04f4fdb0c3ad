"""What the stand-in takes for a change, and what for a replacement."""

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
    return [(found.path, found.how, found.replaces) for found in compare(kind, before, after)]


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
def test_changes_are_named(
    kind: str, before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, str, bool]]
) -> None:
    """Each change has its path, its kind, and whether the real provider replaces the resource for it."""
    assert _found(kind, before, after) == expected
    assert compare(kind, before, before) == []


def test_what_a_provider_notes_for_itself_is_no_change() -> None:
    """The engine and real providers keep keys of their own among the inputs, at every depth."""
    noted = {"__defaults": ["a"], "__internal": {}, "name": "a", "nested": {"__defaults": [], "b": 1}}

    assert compare(BUCKET, noted, {"name": "a", "nested": {"b": 1.0}}) == []


def test_secrets_are_compared_by_what_is_inside() -> None:
    """A value that becomes secret stays the same value; another one inside is a change."""
    secret = {SIGNATURE: SECRET, "value": "hunter2"}

    assert compare(BUCKET, {"a": "hunter2"}, {"a": secret}) == []
    assert _found(BUCKET, {"a": secret}, {"a": {**secret, "value": "hunter3"}}) == [("a", "update", False)]


def test_the_key_of_a_change_is_the_input() -> None:
    """The engine is told inputs, of which a path may name a part."""
    keys = [found.key for found in compare(BUCKET, {"a": {"b": 1}, "c": [1]}, {"a": {"b": 2}, "c": [2]})]

    assert keys == ["a", "c"]
