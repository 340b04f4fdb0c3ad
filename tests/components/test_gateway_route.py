"""Tests of `components.gateway_route`."""

from __future__ import annotations

import dataclasses

import pytest

from components.gateway_route import GatewayRoute, GatewayRouteArgs
from tests.components.in_cluster import LABELS, Objects, in_cluster

ROUTE = GatewayRouteArgs(
    route_name="parcels",
    namespace="vision",
    gateway=("gateway-namespace", "gateway-name"),
    hosts=["parcels.example.com"],
    port=8080,
    weights={"parcels-main": 90, "parcels-east": 10},
    health_path="/healthz",
    timeout_seconds=60,
    labels=LABELS,
)


def _route(timeout_seconds: int = 60) -> Objects:
    return in_cluster(GatewayRoute, dataclasses.replace(ROUTE, timeout_seconds=timeout_seconds))


def test_route_has_a_health_check_and_a_backend_policy_for_each_service() -> None:
    """The load balancer has one backend service for each cluster, and each needs both policies."""
    assert _route().roles == {
        "route",
        "parcels-main-health",
        "parcels-main-backend",
        "parcels-east-health",
        "parcels-east-backend",
    }


def test_route_sends_requests_of_its_hosts_by_weight() -> None:
    """Backends are the imports of the fleet, in the order of their names."""
    route = _route()

    assert route.kind("route") == ("gateway.networking.k8s.io/v1", "HTTPRoute")
    assert route.metadata("route") == {"name": "parcels", "namespace": "vision", "labels": LABELS}
    assert route.spec("route") == {
        "parentRefs": [{"name": "gateway-name", "namespace": "gateway-namespace"}],
        "hostnames": ["parcels.example.com"],
        "rules": [
            {
                "backendRefs": [
                    {
                        "group": "net.gke.io",
                        "kind": "ServiceImport",
                        "name": "parcels-east",
                        "port": 8080,
                        "weight": 10,
                    },
                    {
                        "group": "net.gke.io",
                        "kind": "ServiceImport",
                        "name": "parcels-main",
                        "port": 8080,
                        "weight": 90,
                    },
                ]
            }
        ],
    }


def test_health_check_requests_the_path_on_the_port_of_the_pods() -> None:
    """The default check is ``/`` on the serving port, which a model server need not answer."""
    route = _route()

    assert route.kind("parcels-main-health") == ("networking.gke.io/v1", "HealthCheckPolicy")
    assert route.metadata("parcels-main-health") == {"name": "parcels-main", "namespace": "vision", "labels": LABELS}
    assert route.spec("parcels-main-health") == {
        "default": {
            "config": {
                "type": "HTTP",
                "httpHealthCheck": {
                    "requestPath": "/healthz",
                    "portSpecification": "USE_FIXED_PORT",
                    "port": 8080,
                },
            }
        },
        "targetRef": {"group": "net.gke.io", "kind": "ServiceImport", "name": "parcels-main"},
    }


def test_backend_policy_has_the_timeout_of_the_service() -> None:
    """The default of 30 seconds is too short for large models."""
    route = _route()

    assert route.kind("parcels-east-backend") == ("networking.gke.io/v1", "GCPBackendPolicy")
    assert route.metadata("parcels-east-backend") == {"name": "parcels-east", "namespace": "vision", "labels": LABELS}
    assert route.spec("parcels-east-backend") == {
        "default": {"timeoutSec": 60, "connectionDraining": {"drainingTimeoutSec": 60}},
        "targetRef": {"group": "net.gke.io", "kind": "ServiceImport", "name": "parcels-east"},
    }


@pytest.mark.parametrize(("timeout", "drained"), [(3599, 3599), (3600, 3600), (3601, 3600), (86_400, 3600)])
def test_connections_are_drained_for_the_timeout_and_at_most_an_hour(timeout: int, drained: int) -> None:
    """A cluster whose weight drops to zero completes its requests; the API allows an hour."""
    policy = _route(timeout).spec("parcels-main-backend")["default"]

    assert policy["timeoutSec"] == timeout
    assert policy["connectionDraining"]["drainingTimeoutSec"] == drained
