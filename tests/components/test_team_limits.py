"""Tests of `components.team_limits`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.team_limits import TeamLimits, TeamLimitsArgs
from tests.components.in_cluster import LABELS, in_cluster

LIMITS = TeamLimitsArgs(
    namespace="vision", cpu_millis=250, memory_mib=512, max_cpu=None, max_memory_gib=None, labels=LABELS
)


def _container(**changes: Any) -> dict[str, Any]:
    (item,) = in_cluster(TeamLimits, dataclasses.replace(LIMITS, **changes)).spec("range")["limits"]
    return dict(item)


def test_limits_are_a_limit_range_of_the_namespace() -> None:
    """The object is named ``team`` like the quota."""
    limits = in_cluster(TeamLimits, LIMITS)

    assert limits.roles == {"range"}
    assert limits.kind("range") == ("v1", "LimitRange")
    assert limits.metadata("range") == {"name": "team", "namespace": "vision", "labels": LABELS}


def test_limits_without_maximum_set_default_requests_only() -> None:
    """A quota refuses pods without requests; a default limit would refuse containers that request more."""
    assert _container() == {"type": "Container", "defaultRequest": {"cpu": "250m", "memory": "512Mi"}}


def test_maximum_is_also_the_default_limit() -> None:
    """The API server would set it, and previews would show a difference."""
    container = _container(max_cpu=8, max_memory_gib=64)

    assert container["max"] == container["default"] == {"cpu": "8", "memory": "64Gi"}
    assert container["defaultRequest"] == {"cpu": "250m", "memory": "512Mi"}


def test_maximum_may_limit_one_resource_only() -> None:
    """The other one has no limit."""
    assert _container(max_cpu=8)["max"] == _container(max_cpu=8)["default"] == {"cpu": "8"}
    assert _container(max_memory_gib=64)["max"] == {"memory": "64Gi"}
