"""Collection of Kueue's metrics by Managed Prometheus: alerts on stuck queues need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component

READER: Final = "metrics-reader"
# The service account of Managed Prometheus: https://cloud.google.com/stackdriver/docs/managed-prometheus/setup-managed
COLLECTOR: Final = {"name": "collector", "namespace": "gmp-system"}


@dataclass(frozen=True)
class QueueMetricsArgs:
    """Kueue's Helm release: its namespace, and its name, which is the prefix of its roles."""

    namespace: str
    release: str


class QueueMetrics(Component):
    """Collection of the metrics, with a token since Kueue authorizes each request; needs a Kubernetes provider."""

    def __init__(self, name: str, args: QueueMetricsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare a service account that may only read metrics, its token, and the collection with that token."""
        super().__init__(name, opts)
        meta = k8s.meta.v1.ObjectMetaArgs(name=READER, namespace=args.namespace)
        account = k8s.core.v1.ServiceAccount(
            f"{name}-account", metadata=meta, automount_service_account_token=False, opts=self.child()
        )
        k8s.rbac.v1.ClusterRoleBinding(
            f"{name}-binding",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=f"{args.release}-{READER}"),
            role_ref=k8s.rbac.v1.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=f"{args.release}-metrics-reader"
            ),
            subjects=[k8s.rbac.v1.SubjectArgs(kind="ServiceAccount", name=READER, namespace=args.namespace)],
            opts=self.child(),
        )
        token = k8s.core.v1.Secret(
            f"{name}-token",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=READER, namespace=args.namespace, annotations={"kubernetes.io/service-account.name": READER}
            ),
            type="kubernetes.io/service-account-token",
            opts=self.child(depends_on=[account]),
        )
        self._grant_collector(name, args)
        k8s.apiextensions.CustomResource(
            f"{name}-monitoring",
            api_version="monitoring.googleapis.com/v1",
            kind="PodMonitoring",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args.release, namespace=args.namespace),
            spec={
                "selector": {"matchLabels": {"control-plane": "controller-manager"}},
                "endpoints": [
                    {
                        "port": "metrics",
                        "scheme": "https",
                        "interval": "30s",
                        # Kueue's certificate is self-signed: the token authenticates the client, not the server.
                        "tls": {"insecureSkipVerify": True},
                        "authorization": {"credentials": {"secret": {"name": READER, "key": "token"}}},
                    }
                ],
            },
            opts=self.child(depends_on=[token]),
        )
        self.register_outputs({})

    def _grant_collector(self, name: str, args: QueueMetricsArgs) -> None:
        """Let Managed Prometheus, and nothing else, read the secret with the token."""
        meta = k8s.meta.v1.ObjectMetaArgs(name=f"{READER}-token", namespace=args.namespace)
        k8s.rbac.v1.Role(
            f"{name}-collector-role",
            metadata=meta,
            rules=[
                k8s.rbac.v1.PolicyRuleArgs(
                    api_groups=[""], resources=["secrets"], resource_names=[READER], verbs=["get"]
                )
            ],
            opts=self.child(),
        )
        k8s.rbac.v1.RoleBinding(
            f"{name}-collector-binding",
            metadata=meta,
            role_ref=k8s.rbac.v1.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="Role", name=f"{READER}-token"
            ),
            subjects=[k8s.rbac.v1.SubjectArgs(kind="ServiceAccount", **COLLECTOR)],
            opts=self.child(),
        )
