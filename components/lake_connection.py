"""How a warehouse reads the files of a bucket."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component


@dataclass(frozen=True)
class LakeConnectionArgs:
    """The connection's id and region."""

    connection_id: str
    project: str
    location: str


class LakeConnection(Component):
    """A connection with an account of its own, so that who asks a table needs no access to the files behind it."""

    member: pulumi.Output[str]

    def __init__(self, name: str, args: LakeConnectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the connection; the bucket grants its account what it needs."""
        super().__init__(name, opts)
        connection = gcp.bigquery.Connection(
            f"{name}-connection",
            connection_id=args.connection_id,
            project=args.project,
            location=args.location,
            cloud_resource=gcp.bigquery.ConnectionCloudResourceArgs(),
            opts=self.child(),
        )
        self.member = connection.cloud_resource.apply(
            lambda resource: f"serviceAccount:{'' if resource is None else resource.service_account_id}"
        )
        self.register_outputs({})
