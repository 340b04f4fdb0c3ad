"""Access of other teams to one service: an Istio authorization policy, and allow rules in both namespaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components._common import MESH_SECURITY_API, Component, Labels
from components._network_policy import AllowArgs, allow, pods, tcp


@dataclass(frozen=True)
class ServiceCallersArgs:
    """The service: name, namespace, labels and TCP port of its pods, and the namespaces that may call it."""

    service: str
    namespace: str
    selector: Mapping[str, str]
    port: int
    callers: Sequence[str]
    labels: Labels


class ServiceCallers(Component):
    """Access to this port of the service in one cluster, and nothing else; needs a Kubernetes provider."""

    def __init__(self, name: str, args: ServiceCallersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the authorization policy, the service's ingress policy and each caller's egress policy."""
        super().__init__(name, opts)
        self.args = args
        k8s.apiextensions.CustomResource(
            f"{name}-access",
            api_version=MESH_SECURITY_API,
            kind="AuthorizationPolicy",
            metadata=self._metadata(f"service-{args.service}", args.namespace),
            spec={
                "selector": {"matchLabels": dict(args.selector)},
                "action": "ALLOW",
                "rules": [
                    {
                        "from": [{"source": {"namespaces": list(args.callers)}}],
                        "to": [{"operation": {"ports": [str(args.port)]}}],
                    }
                ],
            },
            opts=self.child(),
        )
        ports = tcp(args.port)
        allow(
            self,
            f"{name}-ingress",
            self._metadata(f"service-{args.service}", args.namespace),
            selector=args.selector,
            ingress=[AllowArgs([pods(caller) for caller in args.callers], ports)],
        )
        for caller in args.callers:
            allow(
                self,
                f"{name}-egress-{caller}",
                self._metadata(f"service-{args.namespace}.{args.service}", caller),
                egress=[AllowArgs([pods(args.namespace, args.selector)], ports)],
            )
        self.register_outputs({})

    def _metadata(self, object_name: str, namespace: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(name=object_name, namespace=namespace, labels=dict(self.args.labels))
