"""The backend pods of a gateway service in one cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

MULTI_CLUSTER_API: Final = "net.gke.io/v1"


@dataclass(frozen=True)
class GatewayBackendArgs:
    """The service's name in the fleet, its namespace, and the labels and the TCP port of its pods."""

    service_name: str
    namespace: str
    selector: Mapping[str, str]
    port: int
    labels: Labels


class GatewayBackend(Component):
    """A Service and its ServiceExport, which the fleet imports under the same name; needs a Kubernetes provider.

    The name contains the cluster. One name in all clusters would spread requests evenly over healthy pods, and clusters
    could not be weighted.
    """

    def __init__(self, name: str, args: GatewayBackendArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the Service and its ServiceExport."""
        super().__init__(name, opts)
        labels = dict(args.labels)
        service = k8s.core.v1.Service(
            f"{name}-service",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.service_name,
                namespace=args.namespace,
                labels=labels,
                # The team deploys the pods, maybe later; an update that waits for them would fail.
                annotations={"pulumi.com/skipAwait": "true"},
            ),
            spec=k8s.core.v1.ServiceSpecArgs(
                type="ClusterIP",
                selector=dict(args.selector),
                ports=[k8s.core.v1.ServicePortArgs(name="http", port=args.port, target_port=args.port)],
            ),
            opts=self.child(),
        )
        k8s.apiextensions.CustomResource(
            f"{name}-export",
            api_version=MULTI_CLUSTER_API,
            kind="ServiceExport",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args.service_name, namespace=args.namespace, labels=labels),
            opts=self.child(depends_on=[service]),
        )
        self.register_outputs({})
