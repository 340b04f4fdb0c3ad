"""A team's namespace in a cluster: Pod Security level, default deny, quota and service accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_kubernetes as k8s

from components._common import HOST_IPC, POD_SECURITY_EXCEPTION, Component, Labels
from components._network_policy import default_deny

# https://kubernetes.io/docs/concepts/security/pod-security-standards. The enforced version is pinned: an upgrade
# of the control plane does not refuse pods that it allowed before; audit and warn report what the latest refuses.
VERSION: Final = "v1.34"
AUDIT_AND_WARN: Final = {
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/audit-version": "latest",
    "pod-security.kubernetes.io/warn": "restricted",
    "pod-security.kubernetes.io/warn-version": "latest",
}
# The Pod Security level that each exception enforces. There is no level that allows hostIPC alone: see pod_guard.
ENFORCED: Final[Mapping[str, str]] = {"baseline": "baseline", HOST_IPC: "privileged", "privileged": "privileged"}
# https://istio.io/latest/docs/setup/additional-setup/sidecar-injection: new pods get an Istio sidecar
IN_MESH: Final = {"istio-injection": "enabled"}
WORKLOAD: Final = "workload"  # the Kubernetes service account of a team's workloads
DEFAULT_ACCOUNT: Final = "default"  # Kubernetes creates it in each namespace, for pods that name no other


@dataclass(frozen=True)
class PodSecurityArgs:
    """An exception from `restricted`: its level, its reason, and its last day or None."""

    level: Literal["baseline", "host-ipc", "privileged"]
    reason: str
    until: str | None = None


@dataclass(frozen=True)
class QuotaArgs:
    """Limits of the sum of requests in the namespace: cores, memory and disks in GiB, GPUs of any kind.

    `counts` are maximum numbers of objects by their key in a ResourceQuota.
    """

    cpu: int
    memory_gib: int
    gpus: int
    storage_gib: int
    counts: Mapping[str, int]


@dataclass(frozen=True)
class TeamNamespaceArgs:
    """The namespace, and the e-mail address of the IAM service account of its workloads or None.

    `in_mesh` enables injection of Istio sidecars.
    """

    namespace: str
    account: str | None
    quota: QuotaArgs
    labels: Labels
    pod_security: PodSecurityArgs | None = None
    in_mesh: bool = True


class TeamNamespace(Component):
    """The namespace, its quota and its service accounts; needs a Kubernetes provider.

    All traffic is denied until another component allows it.
    """

    namespace: k8s.core.v1.Namespace
    account: k8s.core.v1.ServiceAccount

    def __init__(self, name: str, args: TeamNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the namespace, its default deny, service accounts and quota."""
        super().__init__(name, opts)
        self.namespace = k8s.core.v1.Namespace(
            f"{name}-namespace",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.namespace,
                labels={**args.labels, **_pod_security(args.pod_security), **(IN_MESH if args.in_mesh else {})},
                annotations=_exception_annotations(args.pod_security),
            ),
            # Deleting a namespace also deletes everything in it, disks included: a runbook does that, not an update.
            opts=self.child(retain_on_delete=True),
        )
        default_deny(
            f"{name}-default-deny",
            k8s.meta.v1.ObjectMetaArgs(name="default-deny", namespace=args.namespace, labels=dict(args.labels)),
            # Retained like the namespace: pods that still run there stay isolated.
            self.child(depends_on=[self.namespace], retain_on_delete=True),
        )
        self._service_accounts(name, args)
        k8s.core.v1.ResourceQuota(
            f"{name}-quota",
            metadata=k8s.meta.v1.ObjectMetaArgs(name="team", namespace=args.namespace, labels=dict(args.labels)),
            spec=k8s.core.v1.ResourceQuotaSpecArgs(
                hard={
                    "requests.cpu": str(args.quota.cpu),
                    "requests.memory": f"{args.quota.memory_gib}Gi",
                    "requests.nvidia.com/gpu": str(args.quota.gpus),
                    "requests.storage": f"{args.quota.storage_gib}Gi",
                    **{key: str(count) for key, count in args.quota.counts.items()},
                }
            ),
            opts=self.child(depends_on=[self.namespace]),
        )
        self.register_outputs({"namespace": args.namespace})

    def _service_accounts(self, name: str, args: TeamNamespaceArgs) -> None:
        """The service account with the team's grants, and the default one; neither mounts a token automatically."""
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
        # A patch, since Kubernetes creates and recreates this account: a managed one would be deleted with the program.
        k8s.core.v1.ServiceAccountPatch(
            f"{name}-default-account",
            metadata=k8s.meta.v1.ObjectMetaPatchArgs(name=DEFAULT_ACCOUNT, namespace=args.namespace),
            automount_service_account_token=False,
            opts=self.child(depends_on=[self.namespace]),
        )


def _pod_security(exception: PodSecurityArgs | None) -> dict[str, str]:
    """Labels of Pod Security admission, and the label that pod_guard selects."""
    enforced = "restricted" if exception is None else ENFORCED[exception.level]
    labels = {
        "pod-security.kubernetes.io/enforce": enforced,
        "pod-security.kubernetes.io/enforce-version": VERSION,
        **AUDIT_AND_WARN,
    }
    return labels if exception is None else {**labels, POD_SECURITY_EXCEPTION: exception.level}


def _exception_annotations(exception: PodSecurityArgs | None) -> dict[str, str] | None:
    """Annotations that explain the exception to readers of the namespace: its reason and its last day."""
    if exception is None:
        return None
    annotations = {f"{POD_SECURITY_EXCEPTION}-reason": exception.reason}
    if exception.until is not None:
        annotations[f"{POD_SECURITY_EXCEPTION}-until"] = exception.until
    return annotations
