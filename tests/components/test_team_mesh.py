"""Tests of `components.team_mesh`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components._common import rate_limit, traffic_policy
from components.team_mesh import TeamMesh, TeamMeshArgs
from tests.components.in_cluster import LABELS, Objects, in_cluster

MESH = TeamMeshArgs(namespace="vision", calls=["forecasting"], labels=LABELS, collectors="gmp-system")
ISTIO = {
    "tls": ("security.istio.io/v1", "PeerAuthentication", "default"),
    "access": ("security.istio.io/v1", "AuthorizationPolicy", "own-pods"),
    "notebook-activity": ("security.istio.io/v1", "AuthorizationPolicy", "notebook-controller"),
    "sidecar-scope": ("networking.istio.io/v1", "Sidecar", "default"),
    "outlier-detection": ("networking.istio.io/v1", "DestinationRule", "team"),
    "rate-limit": ("networking.istio.io/v1alpha3", "EnvoyFilter", "rate-limit"),
}


def _mesh(**changes: Any) -> Objects:
    return in_cluster(TeamMesh, dataclasses.replace(MESH, **changes))


def test_team_mesh_objects_apply_to_all_pods_of_the_namespace() -> None:
    """None of the Istio objects selects workloads."""
    mesh = _mesh()

    for role, (api_version, kind, name) in ISTIO.items():
        assert mesh.kind(role) == (api_version, kind)
        assert mesh.metadata(role) == {"name": name, "namespace": "vision", "labels": LABELS}
        assert not {"selector", "workloadSelector"} & set(mesh.spec(role))


def test_pods_accept_mutual_tls_only() -> None:
    """A peer without a certificate of the mesh is refused."""
    assert _mesh().spec("tls") == {"mtls": {"mode": "STRICT"}}


def test_pods_accept_calls_of_their_own_namespace() -> None:
    """Other teams need a policy of the service that they call."""
    assert _mesh().spec("access") == {
        "action": "ALLOW",
        "rules": [{"from": [{"source": {"namespaces": ["vision"]}}]}],
    }


def test_sidecars_know_the_services_that_the_team_calls() -> None:
    """The scope is the team's namespace, the control plane and the namespaces of called services."""
    assert _mesh().spec("sidecar-scope") == {"egress": [{"hosts": ["./*", "istio-system/*", "forecasting/*"]}]}
    assert _mesh(calls=[]).spec("sidecar-scope") == {"egress": [{"hosts": ["./*", "istio-system/*"]}]}


def test_outlier_detection_applies_to_all_services_of_the_namespace() -> None:
    """The rule is visible in its namespace only, so that callers elsewhere keep the rule of the service."""
    assert _mesh().spec("outlier-detection") == {
        "host": "*.vision.svc.cluster.local",
        "exportTo": ["."],
        "trafficPolicy": traffic_policy(),
    }


def test_rate_limit_filter_precedes_the_router_of_inbound_requests() -> None:
    """1000 requests a second and a burst of 2000 is the default of each pod."""
    assert _mesh().spec("rate-limit") == {
        "configPatches": [
            {
                "applyTo": "HTTP_FILTER",
                "match": {
                    "context": "SIDECAR_INBOUND",
                    "listener": {"filterChain": {"filter": {"name": "envoy.filters.network.http_connection_manager"}}},
                },
                "patch": {
                    "operation": "INSERT_BEFORE",
                    "value": {
                        "name": "envoy.filters.http.local_ratelimit",
                        "typed_config": rate_limit(1000, 2000),
                    },
                },
            }
        ]
    }


def test_sidecars_may_reach_istiod() -> None:
    """Certificates and configuration come from port 15012 of the control plane."""
    mesh = _mesh()

    assert mesh.metadata("to-control-plane") == {
        "name": "mesh-control-plane",
        "namespace": "vision",
        "labels": LABELS,
    }
    assert mesh.spec("to-control-plane") == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    {
                        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "istio-system"}},
                        "podSelector": {"matchLabels": {"app": "istiod"}},
                    }
                ],
                "ports": [{"protocol": "TCP", "port": 15012}],
            }
        ],
    }


def test_collectors_may_read_merged_metrics() -> None:
    """The sidecar serves the metrics of the pod together with its own on port 15020."""
    mesh = _mesh()

    assert mesh.roles == {*ISTIO, "to-control-plane", "metrics"}
    assert mesh.metadata("metrics") == {"name": "mesh-metrics", "namespace": "vision", "labels": LABELS}
    assert mesh.spec("metrics") == {
        "podSelector": {},
        "policyTypes": ["Ingress"],
        "ingress": [
            {
                "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gmp-system"}}}],
                "ports": [{"protocol": "TCP", "port": 15020}],
            }
        ],
    }


def test_without_collectors_the_metrics_port_is_closed() -> None:
    """A laptop has no collectors."""
    assert in_cluster(TeamMesh, TeamMeshArgs("vision", [], LABELS)).roles == {*ISTIO, "to-control-plane"}


def test_notebook_controller_reads_only_the_activity_of_notebooks() -> None:
    """It stops notebooks that are idle; it can open neither a notebook nor a terminal."""
    spec = in_cluster(TeamMesh, TeamMeshArgs("vision", [], LABELS)).inputs("notebook-activity")["spec"]

    assert spec == {
        "action": "ALLOW",
        "rules": [
            {
                "from": [{"source": {"namespaces": ["notebook-controller-system"]}}],
                "to": [
                    {
                        "operation": {
                            "methods": ["GET"],
                            "ports": ["8888"],
                            "paths": ["*/api/kernels", "*/api/terminals"],
                        }
                    }
                ],
            }
        ],
    }
