"""A gateway route: weights of the clusters that serve some host names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

POLICY_API: Final = "networking.gke.io/v1"
ROUTE_API: Final = "gateway.networking.k8s.io/v1"
IMPORT: Final = {"group": "net.gke.io", "kind": "ServiceImport"}
MAX_DRAIN_SECONDS: Final = 3600


@dataclass(frozen=True)
class GatewayRouteArgs:
    """The route: `weights` are relative, by the name of a service in the fleet; `gateway` is namespace and name."""

    route_name: str
    namespace: str
    gateway: tuple[str, str]
    hosts: Sequence[str]
    port: int
    weights: Mapping[str, int]
    health_path: str
    timeout_seconds: int
    labels: Labels


class GatewayRoute(Component):
    """A route and, for each of its services, a health check and a timeout.

    Needs the Kubernetes provider of the config cluster.
    """

    def __init__(self, name: str, args: GatewayRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the route and its policies."""
        super().__init__(name, opts)
        namespace, gateway = args.gateway
        self._object(
            f"{name}-route",
            ROUTE_API,
            "HTTPRoute",
            args.route_name,
            args,
            {
                "parentRefs": [{"name": gateway, "namespace": namespace}],
                "hostnames": list(args.hosts),
                "rules": [
                    {
                        "backendRefs": [
                            {**IMPORT, "name": service, "port": args.port, "weight": weight}
                            for service, weight in sorted(args.weights.items())
                        ]
                    }
                ],
            },
        )
        for service in sorted(args.weights):
            target = {**IMPORT, "name": service}
            health_check = {"requestPath": args.health_path, "portSpecification": "USE_FIXED_PORT", "port": args.port}
            self._object(
                f"{name}-{service}-health",
                POLICY_API,
                "HealthCheckPolicy",
                service,
                args,
                {"default": {"config": {"type": "HTTP", "httpHealthCheck": health_check}}, "targetRef": target},
            )
            self._object(
                f"{name}-{service}-backend",
                POLICY_API,
                "GCPBackendPolicy",
                service,
                args,
                {
                    "default": {
                        "timeoutSec": args.timeout_seconds,
                        # A cluster whose weight drops to zero completes its requests.
                        "connectionDraining": {"drainingTimeoutSec": min(args.timeout_seconds, MAX_DRAIN_SECONDS)},
                    },
                    "targetRef": target,
                },
            )
        self.register_outputs({})

    def _object(
        self, name: str, api: str, kind: str, object_name: str, args: GatewayRouteArgs, spec: dict[str, Any]
    ) -> None:
        k8s.apiextensions.CustomResource(
            name,
            api_version=api,
            kind=kind,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=object_name, namespace=args.namespace, labels=dict(args.labels)),
            spec=spec,
            opts=self.child(),
        )
