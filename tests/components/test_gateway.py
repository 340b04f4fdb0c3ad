"""Tests of `components.gateway`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.gateway import GATEWAY, NAMESPACE, Gateway, GatewayArgs
from tests.components.in_cluster import LABELS, in_cluster

INTERNAL = GatewayArgs(
    kind="internal",
    certificate="models-cert",
    address="gateway-address",
    namespaces=["vision", "forecasting"],
    labels=LABELS,
)
EXTERNAL = dataclasses.replace(INTERNAL, kind="external", certificate="models-map")


def _listener(args: GatewayArgs) -> dict[str, Any]:
    (listener,) = in_cluster(Gateway, args).spec("gateway")["listeners"]
    return dict(listener)


def test_gateway_is_in_a_namespace_with_its_name() -> None:
    """Routes refer to the gateway by namespace and name."""
    objects = in_cluster(Gateway, INTERNAL)

    assert objects.roles == {"namespace", "default-deny", "gateway"}
    assert objects.kind("gateway") == ("gateway.networking.k8s.io/v1", "Gateway")
    assert objects.metadata("gateway") == {"name": "gateway", "namespace": "gateway", "labels": LABELS}
    assert (NAMESPACE, GATEWAY) == ("gateway", "gateway")
    assert objects.dependencies("gateway") == {"namespace"}


def test_gateway_namespace_refuses_pods_and_their_traffic() -> None:
    """The namespace contains no pods: one that is created there must be restricted and gets no traffic."""
    objects = in_cluster(Gateway, INTERNAL)

    assert objects.metadata("namespace") == {
        "name": "gateway",
        "labels": {**LABELS, "pod-security.kubernetes.io/enforce": "restricted"},
    }
    assert objects.kind("default-deny") == ("networking.k8s.io/v1", "NetworkPolicy")
    assert objects.metadata("default-deny") == {"name": "default-deny", "namespace": "gateway", "labels": LABELS}
    assert objects.spec("default-deny") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert objects.dependencies("default-deny") == {"namespace"}


def test_internal_gateway_terminates_tls_with_its_certificate() -> None:
    """The class is the regional internal one for several clusters; the certificate is named by the listener."""
    objects = in_cluster(Gateway, INTERNAL)

    assert objects.spec("gateway")["gatewayClassName"] == "gke-l7-rilb-mc"
    assert _listener(INTERNAL)["tls"] == {
        "mode": "Terminate",
        "options": {"networking.gke.io/pre-shared-certs": "models-cert"},
    }
    assert "annotations" not in objects.metadata("gateway")


def test_external_gateway_has_a_certificate_map() -> None:
    """The class is the global external one for several clusters; its certificates are those of the map."""
    objects = in_cluster(Gateway, EXTERNAL)

    assert objects.spec("gateway")["gatewayClassName"] == "gke-l7-global-external-managed-mc"
    assert objects.metadata("gateway")["annotations"] == {"networking.gke.io/certmap": "models-map"}
    assert "tls" not in _listener(EXTERNAL)


def test_gateway_has_the_reserved_address() -> None:
    """DNS records refer to the address, which outlives the gateway."""
    assert in_cluster(Gateway, INTERNAL).spec("gateway")["addresses"] == [
        {"type": "NamedAddress", "value": "gateway-address"}
    ]


def test_gateway_accepts_https_only() -> None:
    """There is no plaintext listener."""
    listener = _listener(EXTERNAL)

    assert (listener["name"], listener["protocol"], listener["port"]) == ("https", "HTTPS", 443)


def test_gateway_accepts_routes_of_the_listed_namespaces_only() -> None:
    """A route in another namespace must not attract requests."""
    assert _listener(INTERNAL)["allowedRoutes"] == {
        "kinds": [{"kind": "HTTPRoute"}],
        "namespaces": {
            "from": "Selector",
            "selector": {
                "matchExpressions": [
                    {
                        "key": "kubernetes.io/metadata.name",
                        "operator": "In",
                        "values": ["vision", "forecasting"],
                    }
                ]
            },
        },
    }
