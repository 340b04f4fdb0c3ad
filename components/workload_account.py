"""The service account that a team's workloads act as, in every cluster of the project."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component


@dataclass(frozen=True)
class WorkloadAccountArgs:
    """The project, the account's id (6 to 30 characters), and the Kubernetes account that may act as it.

    `workload_pool` depends on a cluster: the pool is created with the first cluster of the project.
    """

    project: str
    account_id: str
    workload_pool: pulumi.Input[str]
    namespace: str
    kubernetes_account: str


class WorkloadAccount(Component):
    """A service account without keys, used by one Kubernetes account through Workload Identity Federation.

    The binding names a namespace and an account, not a cluster, so that a rebuilt cluster needs no new grant.
    """

    email: str
    member: pulumi.Output[str]

    def __init__(self, name: str, args: WorkloadAccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the account and the grant to the Kubernetes account."""
        super().__init__(name, opts)
        account = gcp.serviceaccount.Account(
            f"{name}-account",
            project=args.project,
            account_id=args.account_id,
            display_name=f"workloads in namespace {args.namespace}",
            opts=self.child(),
        )
        subject = f"{args.namespace}/{args.kubernetes_account}"
        gcp.serviceaccount.IAMMember(
            f"{name}-federation",
            service_account_id=account.name,
            role="roles/iam.workloadIdentityUser",
            member=pulumi.Output.concat("serviceAccount:", args.workload_pool, "[", subject, "]"),
            opts=self.child(),
        )
        # Known before the account exists, so that a preview shows it.
        self.email = f"{args.account_id}@{args.project}.iam.gserviceaccount.com"
        self.member = account.member
        self.register_outputs({"email": account.email})
