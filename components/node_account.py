"""The service account of a cluster's nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component

# The least privilege of a node; the default compute account is an editor of the project.
# https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa
NODE_ROLES: Final = {
    "default-node": "roles/container.defaultNodeServiceAccount",
    "images": "roles/artifactregistry.reader",
}


@dataclass(frozen=True)
class NodeAccountArgs:
    """The project and the account's id, 6 to 30 characters."""

    project: str
    account_id: str


class NodeAccount(Component):
    """A service account without keys that writes logs and metrics and pulls images."""

    email: pulumi.Output[str]

    def __init__(self, name: str, args: NodeAccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the account and its roles."""
        super().__init__(name, opts)
        account = gcp.serviceaccount.Account(
            f"{name}-account",
            project=args.project,
            account_id=args.account_id,
            display_name=f"GKE nodes ({args.account_id})",
            opts=self.child(),
        )
        for key, role in NODE_ROLES.items():
            gcp.projects.IAMMember(
                f"{name}-{key}", project=args.project, role=role, member=account.member, opts=self.child()
            )
        self.email = account.email
        self.register_outputs({"email": self.email})
