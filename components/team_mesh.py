"""Istio defaults of a team's namespace: mutual TLS, authorization, sidecar scope, outlier detection and rate limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import (
    MESH_PATCH_API,
    MESH_SECURITY_API,
    MESH_TRAFFIC_API,
    Component,
    Labels,
    rate_limit,
    traffic_policy,
)
from components._network_policy import AllowArgs, allow, pods, tcp

CONTROL_PLANE: Final = "istio-system"
# https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio: certificates and
# configuration from the control plane, and merged metrics of pod and sidecar
CONTROL_PLANE_PORT: Final = 15012
METRICS_PORT: Final = 15020
# The namespace of the folder in stacks/versions.yaml, and what the controller reads of a notebook.
NOTEBOOK_CONTROLLER: Final = "notebook-controller-system"
NOTEBOOK_PORT: Final = "8888"
NOTEBOOK_PATHS: Final = ("*/api/kernels", "*/api/terminals")
# Requests per second and burst of one pod: far above what a model serves, and below what a runaway client loop sends.
REQUESTS: Final = 1000
BURST: Final = 2000


@dataclass(frozen=True)
class TeamMeshArgs:
    """The team's namespace, and the other namespaces of the cluster whose services its pods call.

    `collectors` is the namespace whose pods collect the metrics of sidecars, or None if metrics are not collected.
    """

    namespace: str
    calls: Sequence[str]
    labels: Labels
    collectors: str | None = None


class TeamMesh(Component):
    """Defaults of one namespace; needs a Kubernetes provider and Istio's CRDs.

    Callers of the team are not listed here but at each service, so that a new team changes none of these objects.
    """

    def __init__(self, name: str, args: TeamMeshArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the Istio objects of the namespace and the network policies of their sidecars."""
        super().__init__(name, opts)
        self.args = args
        # Sidecars accept only peers with a certificate of the mesh.
        self._object(f"{name}-tls", MESH_SECURITY_API, "PeerAuthentication", "default", {"mtls": {"mode": "STRICT"}})
        # Once a policy exists, callers without an allow rule are refused; this allows the team's own pods.
        self._object(
            f"{name}-access",
            MESH_SECURITY_API,
            "AuthorizationPolicy",
            "own-pods",
            {"action": "ALLOW", "rules": [{"from": [{"source": {"namespaces": [args.namespace]}}]}]},
        )
        # The controller asks notebooks for their last activity, and stops idle ones: culling_controller.go of
        # https://github.com/kubeflow/notebooks/tree/v1.11.0/components/notebook-controller/controllers
        caller = {"source": {"namespaces": [NOTEBOOK_CONTROLLER]}}
        request = {"operation": {"methods": ["GET"], "ports": [NOTEBOOK_PORT], "paths": list(NOTEBOOK_PATHS)}}
        self._object(
            f"{name}-notebook-activity",
            MESH_SECURITY_API,
            "AuthorizationPolicy",
            "notebook-controller",
            {"action": "ALLOW", "rules": [{"from": [caller], "to": [request]}]},
        )
        # Sidecars get the configuration of their namespace and of the namespaces that they call, and of no other team.
        hosts = ["./*", f"{CONTROL_PLANE}/*", *(f"{namespace}/*" for namespace in args.calls)]
        self._object(f"{name}-sidecar-scope", MESH_TRAFFIC_API, "Sidecar", "default", {"egress": [{"hosts": hosts}]})
        # No TLS mode: sidecars use mutual TLS automatically with pods that have a sidecar, plaintext with batch pods.
        self._object(
            f"{name}-outlier-detection",
            MESH_TRAFFIC_API,
            "DestinationRule",
            "team",
            {"host": f"*.{args.namespace}.svc.cluster.local", "exportTo": ["."], "trafficPolicy": traffic_policy()},
        )
        self._object(
            f"{name}-rate-limit",
            MESH_PATCH_API,
            "EnvoyFilter",
            "rate-limit",
            {"configPatches": [_rate_limit_patch()]},
        )
        self._network_policies(name)
        self.register_outputs({})

    def _object(self, name: str, api: str, kind: str, object_name: str, spec: dict[str, Any]) -> None:
        k8s.apiextensions.CustomResource(
            name,
            api_version=api,
            kind=kind,
            metadata=self._metadata(object_name),
            spec=spec,
            opts=self.child(),
        )

    def _network_policies(self, name: str) -> None:
        """Allow what sidecars need in addition to the policies of the namespace."""
        allow(
            self,
            f"{name}-to-control-plane",
            self._metadata("mesh-control-plane"),
            egress=[AllowArgs([pods(CONTROL_PLANE, {"app": "istiod"})], tcp(CONTROL_PLANE_PORT))],
        )
        if self.args.collectors is not None:
            allow(
                self,
                f"{name}-metrics",
                self._metadata("mesh-metrics"),
                ingress=[AllowArgs([pods(self.args.collectors)], tcp(METRICS_PORT))],
            )

    def _metadata(self, object_name: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(
            name=object_name, namespace=self.args.namespace, labels=dict(self.args.labels)
        )


def _rate_limit_patch() -> dict[str, Any]:
    """The patch that adds the rate limit filter to the inbound listeners of every pod."""
    connections = {"name": "envoy.filters.network.http_connection_manager"}
    return {
        "applyTo": "HTTP_FILTER",
        "match": {"context": "SIDECAR_INBOUND", "listener": {"filterChain": {"filter": connections}}},
        "patch": {
            "operation": "INSERT_BEFORE",
            "value": {"name": "envoy.filters.http.local_ratelimit", "typed_config": rate_limit(REQUESTS, BURST)},
        },
    }
