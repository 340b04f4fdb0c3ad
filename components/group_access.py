"""Roles of a group in a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component, ExpiryArgs, expiry_condition


@dataclass(frozen=True)
class GroupAccessArgs:
    """The project, the group's e-mail address, and the expiry (None for a permanent role) of each of its roles."""

    project: str
    group: str
    roles: Mapping[str, ExpiryArgs | None]


class GroupAccess(Component):
    """Additive bindings, one for each role: they do not revoke grants from outside of this program."""

    def __init__(self, name: str, args: GroupAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare one binding for each role, named by the role."""
        super().__init__(name, opts)
        for role, expiry in args.roles.items():
            gcp.projects.IAMMember(
                f"{name}-{role.removeprefix('roles/')}",
                project=args.project,
                role=role,
                member=f"group:{args.group}",
                condition=expiry_condition(expiry),
                opts=self.child(),
            )
        self.register_outputs({})
