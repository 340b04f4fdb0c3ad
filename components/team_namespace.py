"""A team's place in a cluster: a namespace, its quota, and the account that its workloads run as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

WORKLOAD: Final = "workload"  # the Kubernetes service account that a team's jobs name


@dataclass(frozen=True)
class TeamNamespaceArgs:
    """The namespace and the e-mail address of the IAM account that its workloads act as."""

    namespace: str
    account: str
    quota: QuotaArgs
    labels: Labels


@dataclass(frozen=True)
class QuotaArgs:
    """What all pods of the namespace may request together: cores, memory in GiB, GPUs of any kind."""

    cpu: int
    memory_gib: int
    gpus: int


class TeamNamespace(Component):
    """The namespace, its quota and its workload account in Kubernetes; needs a Kubernetes provider."""

    namespace: k8s.core.v1.Namespace
    account: k8s.core.v1.ServiceAccount

    def __init__(self, name: str, args: TeamNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare all three."""
        super().__init__(name, opts)
        self.namespace = k8s.core.v1.Namespace(
            f"{name}-namespace",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args.namespace, labels=dict(args.labels)),
            opts=self.child(),
        )
        self.account = k8s.core.v1.ServiceAccount(
            f"{name}-account",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=WORKLOAD,
                namespace=args.namespace,
                labels=dict(args.labels),
                annotations={"iam.gke.io/gcp-service-account": args.account},
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
