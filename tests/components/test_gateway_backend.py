"""Tests of `components.gateway_backend`."""

from __future__ import annotations

from components.gateway_backend import GatewayBackend, GatewayBackendArgs
from tests.components.in_cluster import LABELS, Objects, in_cluster

BACKEND = GatewayBackendArgs(
    service_name="parcels-main",
    namespace="vision",
    selector={"app": "parcels"},
    port=8080,
    labels=LABELS,
)


def _backend() -> Objects:
    return in_cluster(GatewayBackend, BACKEND)


def test_gateway_backend_is_a_service_of_the_selected_pods() -> None:
    """The load balancer sends requests to the pods' port."""
    assert _backend().kind("service") == ("v1", "Service")
    assert _backend().spec("service") == {
        "type": "ClusterIP",
        "selector": {"app": "parcels"},
        "ports": [{"name": "http", "port": 8080, "targetPort": 8080}],
    }


def test_gateway_backend_does_not_wait_for_pods() -> None:
    """The team deploys them, maybe later."""
    assert _backend().metadata("service") == {
        "name": "parcels-main",
        "namespace": "vision",
        "labels": LABELS,
        "annotations": {"pulumi.com/skipAwait": "true"},
    }


def test_gateway_backend_is_exported_to_the_fleet() -> None:
    """The fleet imports a service by its export, which has the same name and namespace."""
    backend = _backend()

    assert backend.roles == {"service", "export"}
    assert backend.kind("export") == ("net.gke.io/v1", "ServiceExport")
    assert backend.metadata("export") == {"name": "parcels-main", "namespace": "vision", "labels": LABELS}
    assert backend.dependencies("export") == {"service"}
