"""Role bindings of a team in a cluster: in its namespace, and one that reads objects of no namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

Kind = Literal["Group", "User", "ServiceAccount"]
RBAC: Final = "rbac.authorization.k8s.io"


@dataclass(frozen=True)
class BindingArgs:
    """A cluster role and its subject: the e-mail address of a group or a user, or the name of a service account."""

    role: str
    kind: Kind
    subject: str


@dataclass(frozen=True)
class TeamAccessArgs:
    """The namespace, its bindings by name, and a role that all their groups and users, and all pods, get everywhere.

    `cluster_role` must not allow more than reading objects that belong to no namespace.
    """

    namespace: str
    bindings: Mapping[str, BindingArgs]
    labels: Labels
    cluster_role: str


class TeamAccess(Component):
    """Bindings of cluster roles, all but one of them in one namespace only; needs a Kubernetes provider."""

    def __init__(self, name: str, args: TeamAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare one role binding for each name, and the binding in the cluster."""
        super().__init__(name, opts)
        for key, binding in args.bindings.items():
            account = binding.kind == "ServiceAccount"
            k8s.rbac.v1.RoleBinding(
                f"{name}-{key}",
                metadata=k8s.meta.v1.ObjectMetaArgs(name=key, namespace=args.namespace, labels=dict(args.labels)),
                role_ref=k8s.rbac.v1.RoleRefArgs(api_group=RBAC, kind="ClusterRole", name=binding.role),
                subjects=[
                    k8s.rbac.v1.SubjectArgs(
                        kind=binding.kind,
                        name=binding.subject,
                        api_group=None if account else RBAC,
                        namespace=args.namespace if account else None,
                    )
                ],
                opts=self.child(),
            )
        # One for each team, so that a new team changes no object of others.
        k8s.rbac.v1.ClusterRoleBinding(
            f"{name}-cluster",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=f"{args.cluster_role}-{args.namespace}", labels=dict(args.labels)),
            role_ref=k8s.rbac.v1.RoleRefArgs(api_group=RBAC, kind="ClusterRole", name=args.cluster_role),
            subjects=[
                k8s.rbac.v1.SubjectArgs(kind=kind, name=subject, api_group=RBAC) for kind, subject in _subjects(args)
            ],
            opts=self.child(),
        )
        self.register_outputs({})


def _subjects(args: TeamAccessArgs) -> list[tuple[str, str]]:
    """Kind and name of the groups and users of all bindings, and the group of all service accounts of the namespace."""
    people = {(one.kind, one.subject) for one in args.bindings.values() if one.kind != "ServiceAccount"}
    # https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
    return sorted([*people, ("Group", f"system:serviceaccounts:{args.namespace}")])
