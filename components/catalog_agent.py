"""The service agent of Dataplex, which reads data for the catalog; created before it is granted roles."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component, known_name


@dataclass(frozen=True)
class CatalogAgentArgs:
    """The project by id and number, and whether the agent may publish the tables that discovery finds in buckets."""

    project: str
    project_number: str
    publishes: bool


class CatalogAgent(Component):
    """The service agent. Each dataset and bucket that it reads has a separate grant to it."""

    member: pulumi.Output[str]

    def __init__(self, name: str, args: CatalogAgentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the agent; resources that use `member` depend on it."""
        super().__init__(name, opts)
        member = f"serviceAccount:service-{args.project_number}@gcp-sa-dataplex.iam.gserviceaccount.com"
        identity = gcp.projects.ServiceIdentity(
            f"{name}-identity", project=args.project, service="dataplex.googleapis.com", opts=self.child()
        )
        if args.publishes:
            gcp.projects.IAMMember(
                f"{name}-publisher",
                project=args.project,
                role="roles/dataplex.discoveryPublishingServiceAgent",
                member=member,
                opts=self.child(depends_on=[identity]),
            )
        self.member = known_name(member, identity)
        self.register_outputs({})
