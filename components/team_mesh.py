"""What the mesh does for a team by default: who its pods are, who may call them, and what is done when they fail."""

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

CONTROL_PLANE: Final = "istio-system"
# https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio: certificates and
# configuration from the control plane, and metrics of pod and proxy together
CONTROL_PLANE_PORT: Final = 15012
METRICS_PORT: Final = 15020
# Requests a second that one pod answers, and the most at once: far above what a model serves, and below what a loop
# gone wrong sends.
REQUESTS: Final = 1000
BURST: Final = 2000


@dataclass(frozen=True)
class TeamMeshArgs:
    """The team's namespace, and the other namespaces of the cluster of which its pods call services.

    `collectors` is the namespace whose pods read the metrics of proxies, where somebody collects any.
    """

    namespace: str
    calls: Sequence[str]
    labels: Labels
    collectors: str | None = None


class TeamMesh(Component):
    """Defaults of one namespace; needs a Kubernetes provider and the mesh's definitions.

    Nothing here names who calls the team: that stands at each service, so that another team changes nothing of this.
    """

    def __init__(self, name: str, args: TeamMeshArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare them."""
        super().__init__(name, opts)
        self.args = args
        # A proxy answers only who shows a certificate of the mesh.
        self._object(f"{name}-tls", MESH_SECURITY_API, "PeerAuthentication", "default", {"mtls": {"mode": "STRICT"}})
        # Whoever no policy allows is refused; this allows the team itself.
        self._object(
            f"{name}-access",
            MESH_SECURITY_API,
            "AuthorizationPolicy",
            "own-pods",
            {"action": "ALLOW", "rules": [{"from": [{"source": {"namespaces": [args.namespace]}}]}]},
        )
        # A proxy hears of its own namespace and of those that it calls, and of no other team's.
        hosts = ["./*", f"{CONTROL_PLANE}/*", *(f"{namespace}/*" for namespace in args.calls)]
        self._object(f"{name}-sidecar-scope", MESH_TRAFFIC_API, "Sidecar", "default", {"egress": [{"hosts": hosts}]})
        # No word on TLS: a proxy speaks it with every pod that has one too, and plainly with batch pods.
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
            {"configPatches": [_limited()]},
        )
        self._walls(name)
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

    def _walls(self, name: str) -> None:
        """The ways that proxies need, beside those that the namespace opens."""
        k8s.networking.v1.NetworkPolicy(
            f"{name}-to-control-plane",
            metadata=self._metadata("mesh-control-plane"),
            spec=k8s.networking.v1.NetworkPolicySpecArgs(
                pod_selector=k8s.meta.v1.LabelSelectorArgs(),
                policy_types=["Egress"],
                egress=[
                    k8s.networking.v1.NetworkPolicyEgressRuleArgs(
                        to=[_pods_of(CONTROL_PLANE, {"app": "istiod"})], ports=_tcp(CONTROL_PLANE_PORT)
                    )
                ],
            ),
            opts=self.child(),
        )
        if self.args.collectors is None:
            return
        k8s.networking.v1.NetworkPolicy(
            f"{name}-metrics",
            metadata=self._metadata("mesh-metrics"),
            spec=k8s.networking.v1.NetworkPolicySpecArgs(
                pod_selector=k8s.meta.v1.LabelSelectorArgs(),
                policy_types=["Ingress"],
                ingress=[
                    k8s.networking.v1.NetworkPolicyIngressRuleArgs(
                        from_=[_pods_of(self.args.collectors)], ports=_tcp(METRICS_PORT)
                    )
                ],
            ),
            opts=self.child(),
        )

    def _metadata(self, object_name: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(
            name=object_name, namespace=self.args.namespace, labels=dict(self.args.labels)
        )


def _pods_of(namespace: str, labels: dict[str, str] | None = None) -> k8s.networking.v1.NetworkPolicyPeerArgs:
    return k8s.networking.v1.NetworkPolicyPeerArgs(
        namespace_selector=k8s.meta.v1.LabelSelectorArgs(match_labels={"kubernetes.io/metadata.name": namespace}),
        pod_selector=None if labels is None else k8s.meta.v1.LabelSelectorArgs(match_labels=labels),
    )


def _tcp(port: int) -> list[k8s.networking.v1.NetworkPolicyPortArgs]:
    return [k8s.networking.v1.NetworkPolicyPortArgs(protocol="TCP", port=port)]


def _limited() -> dict[str, Any]:
    """The patch that counts requests before the proxy hands them to the pod."""
    connections = {"name": "envoy.filters.network.http_connection_manager"}
    return {
        "applyTo": "HTTP_FILTER",
        "match": {"context": "SIDECAR_INBOUND", "listener": {"filterChain": {"filter": connections}}},
        "patch": {
            "operation": "INSERT_BEFORE",
            "value": {"name": "envoy.filters.http.local_ratelimit", "typed_config": rate_limit(REQUESTS, BURST)},
        },
    }
