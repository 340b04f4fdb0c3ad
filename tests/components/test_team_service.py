"""Tests of `components.team_service`."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from components._common import rate_limit, traffic_policy
from components.team_service import FaultArgs, TeamService, TeamServiceArgs, TrafficArgs
from tests.components.in_cluster import LABELS, Objects, in_cluster

TRAFFIC = TrafficArgs(timeout_seconds=30, retries=2, idempotent=False, max_requests=64)
SERVICE = TeamServiceArgs(
    service="parcels",
    namespace="vision",
    selector={"app": "parcels"},
    callers=["forecasting"],
    traffic=TRAFFIC,
    rate=None,
    fault=None,
    labels=LABELS,
)
FAULT = FaultArgs(
    abort_percent=10,
    http_status=503,
    delay_percent=20,
    delay_ms=1500,
    until=date(2026, 11, 30),
    reason="Game day",
)
HOST = "parcels.vision.svc.cluster.local"
# Conditions under which the service may have processed the request:
# https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on
PROCESSED = {"5xx", "gateway-error", "reset", "unavailable", "internal", "deadline-exceeded", "cancelled"}


def _service(**changes: Any) -> Objects:
    return in_cluster(TeamService, dataclasses.replace(SERVICE, **changes))


def _route(**changes: Any) -> dict[str, Any]:
    (route,) = _service(**changes).spec("routing")["http"]
    return dict(route)


def _retries(**changes: Any) -> dict[str, Any]:
    retries: dict[str, Any] = _route(traffic=dataclasses.replace(TRAFFIC, **changes))["retries"]
    return retries


def test_service_without_rate_limit_has_a_destination_rule_and_a_virtual_service() -> None:
    """Both apply to the service's host and have its name."""
    service = _service()
    metadata = {"name": "service-parcels", "namespace": "vision", "labels": LABELS}

    assert service.roles == {"outlier-detection", "routing"}
    assert service.kind("outlier-detection") == ("networking.istio.io/v1", "DestinationRule")
    assert service.kind("routing") == ("networking.istio.io/v1", "VirtualService")
    assert service.metadata("outlier-detection") == service.metadata("routing") == metadata
    assert service.spec("outlier-detection")["host"] == HOST
    assert service.spec("routing")["hosts"] == [HOST]
    assert _route()["route"] == [{"destination": {"host": HOST}}]


def test_rules_are_visible_to_the_team_and_its_callers() -> None:
    """The caller's sidecar enforces them, so it must know them."""
    service = _service()

    assert service.spec("outlier-detection")["exportTo"] == [".", "forecasting"]
    assert service.spec("routing")["exportTo"] == [".", "forecasting"]
    assert _service(callers=[]).spec("routing")["exportTo"] == ["."]


def test_service_is_called_with_mutual_tls_and_its_own_limit_of_requests() -> None:
    """Every pod of a service has a sidecar."""
    assert _service().spec("outlier-detection")["trafficPolicy"] == {
        **traffic_policy(64),
        "tls": {"mode": "ISTIO_MUTUAL"},
    }


def test_request_has_a_timeout() -> None:
    """Retries are included in it."""
    assert _route()["timeout"] == "30s"


def test_non_idempotent_service_is_retried_only_if_the_request_was_not_processed() -> None:
    """A request that may have been processed would be processed again."""
    retries = _retries(idempotent=False)

    assert retries["attempts"] == 2
    assert retries["retryOn"] == "connect-failure,refused-stream,reset-before-request"
    assert not PROCESSED & set(retries["retryOn"].split(","))


def test_idempotent_service_is_also_retried_if_the_request_may_have_been_processed() -> None:
    """Gateway errors and resets do not show whether the service processed the request."""
    assert _retries(idempotent=True) == {
        "attempts": 2,
        "retryOn": "connect-failure,refused-stream,reset-before-request,gateway-error,reset,unavailable",
    }


@pytest.mark.parametrize("idempotent", [True, False])
def test_service_without_retries_disables_those_of_istio(*, idempotent: bool) -> None:
    """Istio retries twice unless the number of attempts is zero."""
    assert _retries(retries=0, idempotent=idempotent) == {"attempts": 0}
    assert "retryOn" in _retries(retries=1, idempotent=idempotent)


def test_rate_limit_overrides_that_of_the_namespace_for_the_pods_of_the_service() -> None:
    """Envoy uses the configuration of the route, which is more specific than that of the filter."""
    service = _service(rate=(10, 20))

    assert service.roles == {"outlier-detection", "routing", "rate-limit"}
    assert service.kind("rate-limit") == ("networking.istio.io/v1alpha3", "EnvoyFilter")
    assert service.metadata("rate-limit") == {"name": "service-parcels", "namespace": "vision", "labels": LABELS}
    assert service.spec("rate-limit") == {
        "workloadSelector": {"labels": {"app": "parcels"}},
        "configPatches": [
            {
                "applyTo": "HTTP_ROUTE",
                "match": {
                    "context": "SIDECAR_INBOUND",
                    "routeConfiguration": {"vhost": {"route": {"action": "ANY"}}},
                },
                "patch": {
                    "operation": "MERGE",
                    "value": {"typed_per_filter_config": {"envoy.filters.http.local_ratelimit": rate_limit(10, 20)}},
                },
            }
        ],
    }


def test_service_without_fault_has_no_fault_injection() -> None:
    """Neither in the route nor in annotations."""
    service = _service()

    assert "fault" not in _route()
    assert "annotations" not in service.metadata("routing")


def test_fault_aborts_and_delays_a_share_of_requests() -> None:
    """Percentages are of all requests; the delay has milliseconds."""
    assert _route(fault=FAULT)["fault"] == {
        "abort": {"percentage": {"value": 10}, "httpStatus": 503},
        "delay": {"percentage": {"value": 20}, "fixedDelay": "1.500s"},
    }


def test_fault_may_abort_or_delay_only() -> None:
    """A delay needs both a percentage and a duration."""
    abort = {"percentage": {"value": 10}, "httpStatus": 503}
    delay = {"percentage": {"value": 20}, "fixedDelay": "1.500s"}

    assert _route(fault=dataclasses.replace(FAULT, delay_percent=None))["fault"] == {"abort": abort}
    assert _route(fault=dataclasses.replace(FAULT, delay_ms=None))["fault"] == {"abort": abort}
    assert _route(fault=dataclasses.replace(FAULT, abort_percent=None))["fault"] == {"delay": delay}


def test_fault_is_explained_in_annotations_of_the_virtual_service() -> None:
    """Readers of the cluster see its last day and its reason."""
    service = _service(fault=FAULT)

    assert service.metadata("routing")["annotations"] == {
        "groundwork.dev/fault-until": "2026-11-30",
        "groundwork.dev/fault-reason": "Game day",
    }
    assert "annotations" not in service.metadata("outlier-detection")
