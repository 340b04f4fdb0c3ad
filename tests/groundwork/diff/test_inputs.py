"""Tests of which inputs differ, where the provider treats different values as equal."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from groundwork.diff.inputs import differences, unknown_paths
from groundwork.graph import Placeholder
from tests.groundwork.samples import node

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"


def _paths(kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    old, new = (dataclasses.replace(node("a", inputs), type=kind) for inputs in (before, after))
    return [difference.path for difference in differences(old, new)]


@pytest.mark.parametrize(
    ("kind", "before", "after", "paths"),
    [
        # A set has no order; a list has.
        (POOL, {"nodeConfig": {"oauthScopes": ["a", "b"]}}, {"nodeConfig": {"oauthScopes": ["b", "a"]}}, []),
        (POOL, {"nodeConfig": {"oauthScopes": ["a", "b"]}}, {"nodeConfig": {"oauthScopes": ["b", "c"]}},
         ["nodeConfig.oauthScopes[0]", "nodeConfig.oauthScopes[1]"]),
        (CLAIM, {"spec": {"accessModes": ["a", "b"]}}, {"spec": {"accessModes": ["b", "a"]}},
         ["spec.accessModes[0]", "spec.accessModes[1]"]),
        # An empty value counts as absent, except for the class of a claim.
        (CLAIM, {"spec": {"volumeName": ""}}, {"spec": {}}, []),
        (CLAIM, {"spec": {"storageClassName": ""}}, {"spec": {}}, ["spec.storageClassName"]),
        (CLUSTER, {"resourceLabels": {}}, {}, []),
        (CLUSTER, {"enableAutopilot": True}, {"enableAutopilot": False}, ["enableAutopilot"]),
        # The provider computes an empty list of blocks, and takes an empty list of values as it is.
        (POOL, {"nodeConfig": {"guestAccelerators": [{"type": "nvidia-l4", "count": 1}]}},
         {"nodeConfig": {"guestAccelerators": []}}, []),
        (POOL, {"nodeConfig": {"oauthScopes": ["a"]}}, {"nodeConfig": {"oauthScopes": []}},
         ["nodeConfig.oauthScopes[0]"]),
        # Keys with a dot or a bracket are quoted.
        (CLUSTER, {"resourceLabels": {"a.b": "c", "d[e": "f"}}, {"resourceLabels": {"a.b": "x", "d[e": "y"}},
         ['resourceLabels["a.b"]', 'resourceLabels["d[e"]']),
    ],
)  # fmt: skip
def test_differences(kind: str, before: dict[str, Any], after: dict[str, Any], paths: list[str]) -> None:
    """Only paths whose values the provider treats as different are reported."""
    assert _paths(kind, before, after) == paths


def test_unknown_paths_include_secrets() -> None:
    """The paths of unknown and secret values in maps and lists."""
    value = {"a": [1, Placeholder.UNKNOWN], "b": {"c": Placeholder.SECRET}, "d": "known"}

    assert list(unknown_paths(value, "x")) == ["x.a[1]", "x.b.c"]
