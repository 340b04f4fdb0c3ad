"""A team's place in a cluster: a closed namespace, its quota, and the account that it works as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_kubernetes as k8s

from components._common import HOST_IPC, POD_SECURITY_EXCEPTION, Component, Labels

# https://kubernetes.io/docs/concepts/security/pod-security-standards. What is refused is pinned, so that an upgrade of
# the control plane refuses nothing that ran the day before; what the newest version would refuse is told all the while.
VERSION: Final = "v1.34"
TOLD: Final = {
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/audit-version": "latest",
    "pod-security.kubernetes.io/warn": "restricted",
    "pod-security.kubernetes.io/warn-version": "latest",
}
# What of Pod Security lets an exception's pods in. It knows no level for hostIPC alone: see pod_guard.
ENFORCED: Final[Mapping[str, str]] = {"baseline": "baseline", HOST_IPC: "privileged", "privileged": "privileged"}
# https://istio.io/latest/docs/setup/additional-setup/sidecar-injection: pods get a proxy of the mesh as they are made
IN_MESH: Final = {"istio-injection": "enabled"}
WORKLOAD: Final = "workload"  # the Kubernetes service account that a team's jobs name
DEFAULT_ACCOUNT: Final = "default"  # the one that Kubernetes makes in each namespace, for pods that name none


@dataclass(frozen=True)
class PodSecurityArgs:
    """An exception from `restricted`: how far it goes, why, and the last day on which it is right, where it has one."""

    level: Literal["baseline", "host-ipc", "privileged"]
    reason: str
    until: str | None = None


@dataclass(frozen=True)
class QuotaArgs:
    """What all pods of the namespace may request together: cores, memory and disks in GiB, GPUs of any kind.

    `counts` are the most objects of a kind, by what a quota calls it.
    """

    cpu: int
    memory_gib: int
    gpus: int
    storage_gib: int
    counts: Mapping[str, int]


@dataclass(frozen=True)
class TeamNamespaceArgs:
    """The namespace and the e-mail address of the IAM account that its workloads act as, where there is a cloud.

    `in_mesh` gives its pods a proxy of the mesh, where the cluster has one.
    """

    namespace: str
    account: str | None
    quota: QuotaArgs
    labels: Labels
    pod_security: PodSecurityArgs | None = None
    in_mesh: bool = True


class TeamNamespace(Component):
    """The namespace, its quota and its accounts; needs a Kubernetes provider.

    It is born closed: nothing gets in or out but what another component lets through.
    """

    namespace: k8s.core.v1.Namespace
    account: k8s.core.v1.ServiceAccount

    def __init__(self, name: str, args: TeamNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare them."""
        super().__init__(name, opts)
        self.namespace = k8s.core.v1.Namespace(
            f"{name}-namespace",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.namespace,
                labels={**args.labels, **_pod_security(args.pod_security), **(IN_MESH if args.in_mesh else {})},
                annotations=_why(args.pod_security),
            ),
            # With a namespace goes all that is in it, disks included: that is a step of a runbook, not of an update.
            opts=self.child(retain_on_delete=True),
        )
        self._walls(name, args)
        self._accounts(name, args)
        k8s.core.v1.ResourceQuota(
            f"{name}-quota",
            metadata=k8s.meta.v1.ObjectMetaArgs(name="team", namespace=args.namespace, labels=dict(args.labels)),
            spec=k8s.core.v1.ResourceQuotaSpecArgs(
                hard={
                    "requests.cpu": str(args.quota.cpu),
                    "requests.memory": f"{args.quota.memory_gib}Gi",
                    "requests.nvidia.com/gpu": str(args.quota.gpus),
                    "requests.storage": f"{args.quota.storage_gib}Gi",
                    **{kind: str(most) for kind, most in args.quota.counts.items()},
                }
            ),
            opts=self.child(depends_on=[self.namespace]),
        )
        self.register_outputs({"namespace": args.namespace})

    def _walls(self, name: str, args: TeamNamespaceArgs) -> None:
        """A policy on every pod that names both directions and lets nothing through."""
        k8s.networking.v1.NetworkPolicy(
            f"{name}-default-deny",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name="default-deny", namespace=args.namespace, labels=dict(args.labels)
            ),
            spec=k8s.networking.v1.NetworkPolicySpecArgs(
                pod_selector=k8s.meta.v1.LabelSelectorArgs(), policy_types=["Ingress", "Egress"]
            ),
            # It stays as long as the namespace does: a pod that still runs there is cut off, not set free.
            opts=self.child(depends_on=[self.namespace], retain_on_delete=True),
        )

    def _accounts(self, name: str, args: TeamNamespaceArgs) -> None:
        """The account that has the team's grants, and the one that has none; only who asks gets a token of either."""
        self.account = k8s.core.v1.ServiceAccount(
            f"{name}-account",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=WORKLOAD,
                namespace=args.namespace,
                labels=dict(args.labels),
                annotations={"iam.gke.io/gcp-service-account": args.account} if args.account else None,
            ),
            automount_service_account_token=False,
            opts=self.child(depends_on=[self.namespace]),
        )
        # A patch, since Kubernetes makes this account and makes it again: to own it would be to delete it.
        k8s.core.v1.ServiceAccountPatch(
            f"{name}-default-account",
            metadata=k8s.meta.v1.ObjectMetaPatchArgs(name=DEFAULT_ACCOUNT, namespace=args.namespace),
            automount_service_account_token=False,
            opts=self.child(depends_on=[self.namespace]),
        )


def _pod_security(exception: PodSecurityArgs | None) -> dict[str, str]:
    """The labels by which Kubernetes decides on pods, and the one by which pod_guard does."""
    enforced = "restricted" if exception is None else ENFORCED[exception.level]
    labels = {
        "pod-security.kubernetes.io/enforce": enforced,
        "pod-security.kubernetes.io/enforce-version": VERSION,
        **TOLD,
    }
    return labels if exception is None else {**labels, POD_SECURITY_EXCEPTION: exception.level}


def _why(exception: PodSecurityArgs | None) -> dict[str, str] | None:
    """What whoever looks at the namespace is told of its exception."""
    if exception is None:
        return None
    told = {f"{POD_SECURITY_EXCEPTION}-reason": exception.reason}
    return told if exception.until is None else {**told, f"{POD_SECURITY_EXCEPTION}-until": exception.until}
