"""Plaintext access to the mesh for load balancers, which have no mesh certificate: pods behind the gateway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components._common import MESH_SECURITY_API, Component, Labels
from components._network_policy import LOAD_BALANCERS


@dataclass(frozen=True)
class MeshIngressArgs:
    """Labels of the pods and the TCP port of the service; `proxies` are subnets of internal load balancers.

    `ports` are the ports of all gateway services that may select the same pods: if two PeerAuthentications select a
    pod, Istio applies the older one only, so each of them lists all ports.
    """

    object_name: str
    namespace: str
    selector: Mapping[str, str]
    port: int
    ports: Sequence[int]
    proxies: Sequence[str]
    labels: Labels


class MeshIngress(Component):
    """Plaintext access to one port of some pods, from load balancers only; needs a Kubernetes provider.

    Google's load balancers terminate TLS and send plain HTTP to pods, for requests and for health checks. Other ports
    of these pods and other sources remain subject to the policies of the namespace.
    """

    def __init__(self, name: str, args: MeshIngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the PeerAuthentication that allows plaintext and the AuthorizationPolicy that limits its sources."""
        super().__init__(name, opts)
        pods = {"selector": {"matchLabels": dict(args.selector)}}
        self._object(
            f"{name}-tls",
            "PeerAuthentication",
            args,
            {
                **pods,
                "mtls": {"mode": "STRICT"},
                # Both plaintext and mutual TLS: pods of the mesh continue to use certificates.
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
