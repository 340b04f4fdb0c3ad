"""The one way in: a gateway that stands in one cluster and leads to several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

NAMESPACE: Final = "gateway"
GATEWAY: Final = "gateway"
GATEWAY_API: Final = "gateway.networking.k8s.io/v1"
CLASSES: Final = {"internal": "gke-l7-rilb-mc", "external": "gke-l7-global-external-managed-mc"}


@dataclass(frozen=True)
class GatewayArgs:
    """`kind` is a key of `CLASSES`; `namespaces` are those whose routes the gateway takes.

    `certificate` is a regional SSL certificate inside, a certificate map outside; `address` is the name of an address.
    """

    kind: str
    certificate: str
    address: pulumi.Input[str]
    namespaces: Sequence[str]
    labels: Labels


class Gateway(Component):
    """A namespace without pods and the gateway in it; needs the Kubernetes provider of the config cluster."""

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare both; the gateway speaks HTTPS only."""
        super().__init__(name, opts)
        namespace = k8s.core.v1.Namespace(
            f"{name}-namespace",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=NAMESPACE, labels={**args.labels, "pod-security.kubernetes.io/enforce": "restricted"}
            ),
            opts=self.child(),
        )
        k8s.networking.v1.NetworkPolicy(
            f"{name}-default-deny",
            metadata=k8s.meta.v1.ObjectMetaArgs(name="nothing", namespace=NAMESPACE, labels=dict(args.labels)),
            spec=k8s.networking.v1.NetworkPolicySpecArgs(
                pod_selector=k8s.meta.v1.LabelSelectorArgs(), policy_types=["Ingress", "Egress"]
            ),
            opts=self.child(depends_on=[namespace]),
        )
        outside = args.kind == "external"
        k8s.apiextensions.CustomResource(
            f"{name}-gateway",
            api_version=GATEWAY_API,
            kind="Gateway",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=GATEWAY,
                namespace=NAMESPACE,
                labels=dict(args.labels),
                annotations={"networking.gke.io/certmap": args.certificate} if outside else None,
            ),
            spec={
                "gatewayClassName": CLASSES[args.kind],
                "addresses": [{"type": "NamedAddress", "value": args.address}],
                "listeners": [_listener(args, outside=outside)],
            },
            opts=self.child(depends_on=[namespace]),
        )
        self.register_outputs({})


def _listener(args: GatewayArgs, *, outside: bool) -> dict[str, Any]:
    """The listener; outside the certificate map stands at the gateway, inside the certificate stands here."""
    tls = {"mode": "Terminate", "options": {"networking.gke.io/pre-shared-certs": args.certificate}}
    wanted = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(args.namespaces)}
    return {
        "name": "https",
        "protocol": "HTTPS",
        "port": 443,
        **({} if outside else {"tls": tls}),
        "allowedRoutes": {
            "kinds": [{"kind": "HTTPRoute"}],
            "namespaces": {"from": "Selector", "selector": {"matchExpressions": [wanted]}},
        },
    }
