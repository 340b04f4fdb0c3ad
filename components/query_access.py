"""Members that may run queries in a project; access to data is granted separately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component

# https://cloud.google.com/bigquery/docs/access-control: to run jobs, and to read tables in bulk as Spark does. Neither
# role includes access to data; both are granted on the project.
QUERY_ROLES: Final = {"jobs": "roles/bigquery.jobUser", "reads": "roles/bigquery.readSessionUser"}


@dataclass(frozen=True)
class QueryAccessArgs:
    """The project and the members, by key."""

    project: str
    members: Mapping[str, pulumi.Input[str]]


class QueryAccess(Component):
    """One binding for each member and role, whatever the number of warehouses of a member."""

    def __init__(self, name: str, args: QueryAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the bindings, named by member and role."""
        super().__init__(name, opts)
        for key, member in args.members.items():
            for role_key, role in QUERY_ROLES.items():
                gcp.projects.IAMMember(
                    f"{name}-{key}-{role_key}", project=args.project, role=role, member=member, opts=self.child()
                )
        self.register_outputs({})
