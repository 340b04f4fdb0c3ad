"""Tests of `components._common`."""

from __future__ import annotations

import dataclasses
from datetime import date

import pulumi
import pytest

from components import _common
from components._common import (
    Component,
    ExpiryArgs,
    GrantArgs,
    expiry_condition,
    known_name,
    rate_limit,
    traffic_policy,
    without_none,
)
from tests.components.declare import declare, depends_on, inputs, named, read


class _Sample(Component):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        pulumi.CustomResource("test:index:Child", f"{name}-child", {}, self.child(protect=True))
        self.register_outputs({})


def test_component_type_token_is_file_and_class() -> None:
    """The token is groundwork, the last part of the module's name, and the class."""
    assert named(declare(lambda: _Sample("sample")), "sample").type == "groundwork:test__common:_Sample"


def test_component_child_has_the_component_as_parent_and_the_given_options() -> None:
    """Options of a child are those that the component passes, with the component as parent."""
    graph = declare(lambda: _Sample("sample"))
    child = named(graph, "sample-child")

    assert child.parent == named(graph, "sample").urn
    assert child.protect
    assert not named(graph, "sample").protect


def test_component_options_apply_to_the_component() -> None:
    """Options of the caller reach the component."""

    def program() -> None:
        first = pulumi.CustomResource("test:index:First", "first", {})
        _Sample("sample", pulumi.ResourceOptions(depends_on=[first], protect=True))

    graph = declare(program)

    assert depends_on(graph, "sample") == {"first"}
    assert named(graph, "sample").protect


@pytest.mark.parametrize(
    ("day", "first_day_without"),
    [
        (date(2027, 1, 31), "2027-02-01"),
        (date(2027, 12, 31), "2028-01-01"),
        (date(2028, 2, 28), "2028-02-29"),
    ],
)
def test_expiry_condition_holds_on_the_last_day(day: date, first_day_without: str) -> None:
    """The grant holds until midnight UTC after its last day."""
    assert expiry_condition(ExpiryArgs(day, "migration")) == {
        "title": f"until {day.isoformat()}",
        "description": "migration",
        "expression": f'request.time < timestamp("{first_day_without}T00:00:00Z")',
    }


def test_expiry_condition_of_a_permanent_grant_is_none() -> None:
    """A grant without an expiry has no condition."""
    assert expiry_condition(GrantArgs("group:ml@example.com", "read").expiry) is None


def test_expiry_and_grant_arguments_are_immutable() -> None:
    """Components cannot change the arguments that they share."""
    for args in (ExpiryArgs(date(2027, 1, 31), "x"), GrantArgs("group:ml@example.com", "read")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            args.member = "user:x@example.com"  # type: ignore[misc, union-attr]


def test_without_none_drops_only_none() -> None:
    """False, zero and empty values are values."""
    values: dict[str, object] = {"a": None, "b": False, "c": 0, "d": "", "e": "x"}

    assert without_none(values) == {"b": False, "c": 0, "d": "", "e": "x"}


def test_known_name_is_known_and_depends_on_its_resources() -> None:
    """A reader sees the name in a preview and is created after the resources."""

    def program() -> None:
        first = pulumi.CustomResource("test:index:First", "first", {})
        second = pulumi.CustomResource("test:index:First", "second", {})
        read(known_name("projects/p/topics/t", first, second))

    graph = declare(program)

    assert inputs(graph, "reader") == {"value": "projects/p/topics/t"}
    assert depends_on(graph, "reader") == {"first", "second"}


def test_traffic_policy_limits_connections_and_ejects_failing_pods() -> None:
    """Five server errors in a row eject a pod for 30 seconds; half of the pods are never ejected."""
    assert traffic_policy() == {
        "connectionPool": {
            "tcp": {"connectTimeout": "5s", "maxConnections": 1024},
            "http": {"http1MaxPendingRequests": 1024, "http2MaxRequests": 1024, "maxRetries": 3},
        },
        "outlierDetection": {
            "consecutive5xxErrors": 5,
            "interval": "10s",
            "baseEjectionTime": "30s",
            "maxEjectionPercent": 50,
        },
    }


def test_traffic_policy_applies_the_limit_of_a_service_to_connections_and_requests() -> None:
    """One limit of a service replaces all three defaults."""
    pool = traffic_policy(7)["connectionPool"]

    assert pool["tcp"]["maxConnections"] == 7
    assert pool["http"] == {"http1MaxPendingRequests": 7, "http2MaxRequests": 7, "maxRetries": 3}


def test_rate_limit_is_a_token_bucket_that_is_enforced_for_all_requests() -> None:
    """The bucket is filled each second, and the filter applies to 100 % of requests."""
    assert rate_limit(10, 20) == {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
        "stat_prefix": "http_local_rate_limiter",
        "token_bucket": {"max_tokens": 20, "tokens_per_fill": 10, "fill_interval": "1s"},
        "filter_enabled": {
            "runtime_key": "local_rate_limit_enabled",
            "default_value": {"numerator": 100, "denominator": "HUNDRED"},
        },
        "filter_enforced": {
            "runtime_key": "local_rate_limit_enforced",
            "default_value": {"numerator": 100, "denominator": "HUNDRED"},
        },
        "response_headers_to_add": [
            {
                "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
                "header": {"key": "x-local-rate-limit", "value": "true"},
            }
        ],
    }


def test_bucket_roles_are_viewer_and_user_of_objects() -> None:
    """Neither role may change the bucket or its grants."""
    assert _common.ROLES == {"read": "roles/storage.objectViewer", "write": "roles/storage.objectUser"}


def test_names_that_other_systems_define() -> None:
    """Kubernetes, GKE, Kueue and Istio define these names; a typing error would only show in a cluster."""
    assert {
        "GPU": _common.GPU,
        "COMPUTE_CLASS": _common.COMPUTE_CLASS,
        "KUEUE_API": _common.KUEUE_API,
        "MESH_SECURITY_API": _common.MESH_SECURITY_API,
        "MESH_TRAFFIC_API": _common.MESH_TRAFFIC_API,
        "MESH_PATCH_API": _common.MESH_PATCH_API,
    } == {
        "GPU": "nvidia.com/gpu",
        "COMPUTE_CLASS": "cloud.google.com/compute-class",
        "KUEUE_API": "kueue.x-k8s.io/v1beta2",
        "MESH_SECURITY_API": "security.istio.io/v1",
        "MESH_TRAFFIC_API": "networking.istio.io/v1",
        "MESH_PATCH_API": "networking.istio.io/v1alpha3",
    }


def test_names_that_existing_objects_carry() -> None:
    """Nodes, namespaces and cohorts carry these names; another one would select none of them."""
    assert _common.POOL_LABEL == "groundwork.dev/pool"
    assert _common.POD_SECURITY_EXCEPTION == "groundwork.dev/pod-security"
    assert _common.HOST_IPC == "host-ipc"
    assert _common.COHORT == "platform"
    assert _common.DAY == 24 * 60 * 60
