"""The one plain way into the mesh: load balancers, which have no certificate of it, to the pods behind the gateway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import MESH_SECURITY_API, Component, Labels

# https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges: they also carry external traffic
LOAD_BALANCERS: Final = ("130.211.0.0/22", "35.191.0.0/16")


@dataclass(frozen=True)
class MeshIngressArgs:
    """What is opened: labels of pods and the TCP port of the service. `proxies` are ranges of internal load balancers.

    `ports` are those of every service of the gateway that may have the same pods: of two exceptions for one pod the
    mesh keeps the older one, so each of them holds all.
    """

    object_name: str
    namespace: str
    selector: Mapping[str, str]
    port: int
    ports: Sequence[int]
    proxies: Sequence[str]
    labels: Labels


class MeshIngress(Component):
    """One port of some pods without TLS, for load balancers only; needs a Kubernetes provider.

    Google's load balancers end TLS and speak plain HTTP to pods, by themselves and for health checks. On any other port
    of these pods, and from anywhere else, the namespace's rules hold.
    """

    def __init__(self, name: str, args: MeshIngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the exception and who may use it."""
        super().__init__(name, opts)
        pods = {"selector": {"matchLabels": dict(args.selector)}}
        self._object(
            f"{name}-tls",
            "PeerAuthentication",
            args,
            {
                **pods,
                "mtls": {"mode": "STRICT"},
                # Either way: pods of the mesh go on showing certificates.
                "portLevelMtls": {str(port): {"mode": "PERMISSIVE"} for port in args.ports},
            },
        )
        self._object(
            f"{name}-access",
            "AuthorizationPolicy",
            args,
            {
                **pods,
                "action": "ALLOW",
                "rules": [
                    {
                        "from": [{"source": {"ipBlocks": [*LOAD_BALANCERS, *args.proxies]}}],
                        "to": [{"operation": {"ports": [str(args.port)]}}],
                    }
                ],
            },
        )
        self.register_outputs({})

    def _object(self, name: str, kind: str, args: MeshIngressArgs, spec: dict[str, Any]) -> None:
        k8s.apiextensions.CustomResource(
            name,
            api_version=MESH_SECURITY_API,
            kind=kind,
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.object_name, namespace=args.namespace, labels=dict(args.labels)
            ),
            spec=spec,
            opts=self.child(),
        )
