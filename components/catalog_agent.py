"""The account that reads data for its catalog: Dataplex's own, made before it is granted anything."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component, known_name


@dataclass(frozen=True)
class CatalogAgentArgs:
    """The project by id and number, and whether the agent may publish the tables that it finds in buckets."""

    project: str
    project_number: str
    publishes: bool


class CatalogAgent(Component):
    """The agent. Each dataset and each bucket that it reads grants it that by itself."""

    member: pulumi.Output[str]

    def __init__(self, name: str, args: CatalogAgentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the agent; `member` waits until it exists."""
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
