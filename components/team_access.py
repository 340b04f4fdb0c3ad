"""Role bindings in a team's namespace in a cluster."""

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
    """The namespace, and its bindings by name."""

    namespace: str
    bindings: Mapping[str, BindingArgs]
    labels: Labels


class TeamAccess(Component):
    """Bindings of cluster roles in one namespace only; needs a Kubernetes provider."""

    def __init__(self, name: str, args: TeamAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare one role binding for each name."""
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
        self.register_outputs({})
