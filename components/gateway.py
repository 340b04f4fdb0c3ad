"""The platform's gateway: declared in one cluster, it routes to several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels
from components._network_policy import NAMESPACE_LABEL, default_deny

NAMESPACE: Final = "gateway"
GATEWAY: Final = "gateway"
GATEWAY_API: Final = "gateway.networking.k8s.io/v1"
CLASSES: Final = {"internal": "gke-l7-rilb-mc", "external": "gke-l7-global-external-managed-mc"}


@dataclass(frozen=True)
class GatewayArgs:
    """`kind` is a key of `CLASSES`; the gateway accepts routes of `namespaces`.

    `certificate` is a regional SSL certificate for an internal gateway and a certificate map for an external one;
    `address` is the name of a reserved address.
    """

    kind: str
    certificate: str
    address: pulumi.Input[str]
    namespaces: Sequence[str]
    labels: Labels


class Gateway(Component):
    """A namespace without pods and its gateway; needs the Kubernetes provider of the fleet's config cluster."""

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the namespace, its default deny and the gateway, which accepts HTTPS only."""
        super().__init__(name, opts)
        namespace = k8s.core.v1.Namespace(
            f"{name}-namespace",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=NAMESPACE, labels={**args.labels, "pod-security.kubernetes.io/enforce": "restricted"}
            ),
            opts=self.child(),
        )
        default_deny(
            f"{name}-default-deny",
            k8s.meta.v1.ObjectMetaArgs(name="default-deny", namespace=NAMESPACE, labels=dict(args.labels)),
            self.child(depends_on=[namespace]),
        )
        external = args.kind == "external"
        k8s.apiextensions.CustomResource(
            f"{name}-gateway",
            api_version=GATEWAY_API,
            kind="Gateway",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=GATEWAY,
                namespace=NAMESPACE,
                labels=dict(args.labels),
                annotations={"networking.gke.io/certmap": args.certificate} if external else None,
            ),
            spec={
                "gatewayClassName": CLASSES[args.kind],
                "addresses": [{"type": "NamedAddress", "value": args.address}],
                "listeners": [_listener(args, external=external)],
            },
            opts=self.child(depends_on=[namespace]),
        )
        self.register_outputs({})


def _listener(args: GatewayArgs, *, external: bool) -> dict[str, Any]:
    """The listener; an internal one names its certificate, an external gateway has a certificate map instead."""
    tls = {"mode": "Terminate", "options": {"networking.gke.io/pre-shared-certs": args.certificate}}
    namespaces = {"key": NAMESPACE_LABEL, "operator": "In", "values": list(args.namespaces)}
    return {
        "name": "https",
        "protocol": "HTTPS",
        "port": 443,
        **({} if external else {"tls": tls}),
        "allowedRoutes": {
            "kinds": [{"kind": "HTTPRoute"}],
            "namespaces": {"from": "Selector", "selector": {"matchExpressions": [namespaces]}},
        },
    }
