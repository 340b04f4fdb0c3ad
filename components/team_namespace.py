"""A team's place in a cluster: a namespace, its quota, who may speak to it, and the account that it works as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

# https://kubernetes.io/docs/concepts/security/pod-security-standards: what is refused, and what is only told
POD_SECURITY: Final = {
    "pod-security.kubernetes.io/enforce": "baseline",
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
}
# https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges: they also carry external traffic
LOAD_BALANCERS: Final = ("130.211.0.0/22", "35.191.0.0/16")
TEAM: Final = "team"  # the label that namespaces of teams have, and those of operators have not
WORKLOAD: Final = "workload"  # the Kubernetes service account that a team's jobs name


@dataclass(frozen=True)
class TeamNamespaceArgs:
    """The namespace and the e-mail address of the IAM account that its workloads act as, where there is a cloud.

    `proxies` are the ranges from which internal load balancers speak to pods.
    """

    namespace: str
    account: str | None
    quota: QuotaArgs
    labels: Labels
    proxies: Sequence[str] = ()


@dataclass(frozen=True)
class QuotaArgs:
    """What all pods of the namespace may request together: cores, memory in GiB, GPUs of any kind."""

    cpu: int
    memory_gib: int
    gpus: int


class TeamNamespace(Component):
    """The namespace, its quota, its walls and its workload account in Kubernetes; needs a Kubernetes provider."""

    namespace: k8s.core.v1.Namespace
    account: k8s.core.v1.ServiceAccount

    def __init__(self, name: str, args: TeamNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare them."""
        super().__init__(name, opts)
        self.namespace = k8s.core.v1.Namespace(
            f"{name}-namespace",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args.namespace, labels={**args.labels, **POD_SECURITY}),
            # Volumes of the namespace go with it, and they are data: a team that leaves leaves it behind.
            opts=self.child(retain_on_delete=True),
        )
        self._walls(name, args)
        self.account = k8s.core.v1.ServiceAccount(
            f"{name}-account",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=WORKLOAD,
                namespace=args.namespace,
                labels=dict(args.labels),
                annotations={"iam.gke.io/gcp-service-account": args.account} if args.account else None,
            ),
            # Only pods that call the API server ask for a token.
            automount_service_account_token=False,
            opts=self.child(depends_on=[self.namespace]),
        )
        k8s.core.v1.ResourceQuota(
            f"{name}-quota",
            metadata=k8s.meta.v1.ObjectMetaArgs(name="team", namespace=args.namespace, labels=dict(args.labels)),
            spec=k8s.core.v1.ResourceQuotaSpecArgs(
                hard={
                    "requests.cpu": str(args.quota.cpu),
                    "requests.memory": f"{args.quota.memory_gib}Gi",
                    "requests.nvidia.com/gpu": str(args.quota.gpus),
                }
            ),
            opts=self.child(depends_on=[self.namespace]),
        )
        self.register_outputs({"namespace": args.namespace})

    def _walls(self, name: str, args: TeamNamespaceArgs) -> None:
        """Let in the team itself, the platform and load balancers, and no other team."""
        peer = k8s.networking.v1.NetworkPolicyPeerArgs
        platform = k8s.meta.v1.LabelSelectorRequirementArgs(key=TEAM, operator="DoesNotExist")
        k8s.networking.v1.NetworkPolicy(
            f"{name}-walls",
            metadata=k8s.meta.v1.ObjectMetaArgs(name="team", namespace=args.namespace, labels=dict(args.labels)),
            spec=k8s.networking.v1.NetworkPolicySpecArgs(
                pod_selector=k8s.meta.v1.LabelSelectorArgs(),
                policy_types=["Ingress"],
                ingress=[
                    k8s.networking.v1.NetworkPolicyIngressRuleArgs(
                        from_=[
                            peer(pod_selector=k8s.meta.v1.LabelSelectorArgs()),
                            peer(namespace_selector=k8s.meta.v1.LabelSelectorArgs(match_expressions=[platform])),
                            *(
                                peer(ip_block=k8s.networking.v1.IPBlockArgs(cidr=cidr))
                                for cidr in (*LOAD_BALANCERS, *args.proxies)
                            ),
                        ]
                    )
                ],
            ),
            opts=self.child(depends_on=[self.namespace]),
        )
