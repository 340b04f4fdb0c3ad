"""Who may call a service of another team: a policy of the mesh, and the way through both walls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components._common import MESH_SECURITY_API, Component, Labels


@dataclass(frozen=True)
class ServiceCallersArgs:
    """The service's name and namespace, the labels and the TCP port of its pods, and who may call it."""

    service: str
    namespace: str
    selector: Mapping[str, str]
    port: int
    callers: Sequence[str]
    labels: Labels


class ServiceCallers(Component):
    """What is open for callers in one cluster, and nothing beside this port; needs a Kubernetes provider."""

    def __init__(self, name: str, args: ServiceCallersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the policy, the way in, and the way out of each caller's namespace."""
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
        ports = [k8s.networking.v1.NetworkPolicyPortArgs(protocol="TCP", port=args.port)]
        k8s.networking.v1.NetworkPolicy(
            f"{name}-in",
            metadata=self._metadata(f"service-{args.service}", args.namespace),
            spec=k8s.networking.v1.NetworkPolicySpecArgs(
                pod_selector=k8s.meta.v1.LabelSelectorArgs(match_labels=dict(args.selector)),
                policy_types=["Ingress"],
                ingress=[
                    k8s.networking.v1.NetworkPolicyIngressRuleArgs(
                        from_=[_namespace(caller) for caller in args.callers], ports=ports
                    )
                ],
            ),
            opts=self.child(),
        )
        for caller in args.callers:
            k8s.networking.v1.NetworkPolicy(
                f"{name}-out-{caller}",
                metadata=self._metadata(f"service-{args.namespace}.{args.service}", caller),
                spec=k8s.networking.v1.NetworkPolicySpecArgs(
                    pod_selector=k8s.meta.v1.LabelSelectorArgs(),
                    policy_types=["Egress"],
                    egress=[
                        k8s.networking.v1.NetworkPolicyEgressRuleArgs(
                            to=[_namespace(args.namespace, args.selector)], ports=ports
                        )
                    ],
                ),
                opts=self.child(),
            )
        self.register_outputs({})

    def _metadata(self, object_name: str, namespace: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(name=object_name, namespace=namespace, labels=dict(self.args.labels))


def _namespace(name: str, pods: Mapping[str, str] | None = None) -> k8s.networking.v1.NetworkPolicyPeerArgs:
    """All pods of a namespace, or those with these labels."""
    return k8s.networking.v1.NetworkPolicyPeerArgs(
        namespace_selector=k8s.meta.v1.LabelSelectorArgs(match_labels={"kubernetes.io/metadata.name": name}),
        pod_selector=None if pods is None else k8s.meta.v1.LabelSelectorArgs(match_labels=dict(pods)),
    )
