"""The service account of jobs of GitHub Actions, and its roles in projects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component, ExpiryArgs, expiry_condition


@dataclass(frozen=True)
class DeployerArgs:
    """The account's project and id (6 to 30 characters), the federated member that acts as it, and its roles.

    `roles` are expiries (None for a permanent role) by key of the project, then by role; `projects` are ids by key.
    """

    project: str
    account_id: str
    display_name: str
    federated_member: str
    projects: Mapping[str, str]
    roles: Mapping[str, Mapping[str, ExpiryArgs | None]]


class Deployer(Component):
    """A service account without keys, used by jobs of one branch or one environment of one repository."""

    member: pulumi.Output[str]

    def __init__(self, name: str, args: DeployerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the account, the federation with its jobs, and its roles, named by project and role."""
        super().__init__(name, opts)
        account = gcp.serviceaccount.Account(
            f"{name}-account",
            project=args.project,
            account_id=args.account_id,
            display_name=args.display_name,
            opts=self.child(),
        )
        gcp.serviceaccount.IAMMember(
            f"{name}-federation",
            service_account_id=account.name,
            role="roles/iam.workloadIdentityUser",
            member=args.federated_member,
            opts=self.child(),
        )
        for key, roles in args.roles.items():
            for role, expiry in roles.items():
                gcp.projects.IAMMember(
                    f"{name}-{key}-{role.removeprefix('roles/')}",
                    project=args.projects[key],
                    role=role,
                    member=account.member,
                    condition=expiry_condition(expiry),
                    opts=self.child(),
                )
        self.member = account.member
        self.register_outputs({"email": account.email})
