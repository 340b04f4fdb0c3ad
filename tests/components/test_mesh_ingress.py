"""Tests of `components.mesh_ingress`."""

from __future__ import annotations

from components.mesh_ingress import MeshIngress, MeshIngressArgs
from tests.components.in_cluster import LABELS, Objects, in_cluster

INGRESS = MeshIngressArgs(
    object_name="gateway-parcels",
    namespace="vision",
    selector={"app": "parcels"},
    port=8080,
    ports=[8080, 9000],
    proxies=["10.9.0.0/24"],
    labels=LABELS,
)


def _ingress() -> Objects:
    return in_cluster(MeshIngress, INGRESS)


def test_mesh_ingress_allows_plaintext_on_the_ports_of_the_gateway_only() -> None:
    """All other ports of the pods require mutual TLS, and pods of the mesh may use it on these ports too."""
    ingress = _ingress()

    assert ingress.roles == {"tls", "access"}
    assert ingress.kind("tls") == ("security.istio.io/v1", "PeerAuthentication")
    assert ingress.metadata("tls") == {"name": "gateway-parcels", "namespace": "vision", "labels": LABELS}
    assert ingress.spec("tls") == {
        "selector": {"matchLabels": {"app": "parcels"}},
        "mtls": {"mode": "STRICT"},
        "portLevelMtls": {"8080": {"mode": "PERMISSIVE"}, "9000": {"mode": "PERMISSIVE"}},
    }


def test_mesh_ingress_allows_load_balancers_on_the_port_of_the_service_only() -> None:
    """Sources are Google's load balancers and health checks, and the proxy-only subnets of internal ones."""
    ingress = _ingress()

    assert ingress.kind("access") == ("security.istio.io/v1", "AuthorizationPolicy")
    assert ingress.metadata("access") == {"name": "gateway-parcels", "namespace": "vision", "labels": LABELS}
    assert ingress.spec("access") == {
        "selector": {"matchLabels": {"app": "parcels"}},
        "action": "ALLOW",
        "rules": [
            {
                "from": [{"source": {"ipBlocks": ["130.211.0.0/22", "35.191.0.0/16", "10.9.0.0/24"]}}],
                "to": [{"operation": {"ports": ["8080"]}}],
            }
        ],
    }
