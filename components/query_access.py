"""Who may run queries in a project, whatever data they may then see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component

# https://cloud.google.com/bigquery/docs/access-control: to run a job, and to read tables in bulk as Spark does. Neither
# shows any data; both are the project's to give.
QUERY_ROLES: Final = {"jobs": "roles/bigquery.jobUser", "reads": "roles/bigquery.readSessionUser"}


@dataclass(frozen=True)
class QueryAccessArgs:
    """The project and the members, by key."""

    project: str
    members: Mapping[str, pulumi.Input[str]]


class QueryAccess(Component):
    """One binding for each member and role, however many warehouses a member uses."""

    def __init__(self, name: str, args: QueryAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the bindings."""
        super().__init__(name, opts)
        for key, member in args.members.items():
            for what, role in QUERY_ROLES.items():
                gcp.projects.IAMMember(
                    f"{name}-{key}-{what}", project=args.project, role=role, member=member, opts=self.child()
                )
        self.register_outputs({})
