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
        # The id keeps it unknown until there is a connection: a plan would otherwise grant something to nobody.
        self.member = connection.id.apply(lambda _: connection.cloud_resource.apply(_member))
        self.register_outputs({})


def _member(resource: gcp.bigquery.outputs.ConnectionCloudResource | None) -> str:
    """The account that every connection of this component has."""
    if resource is None or not resource.service_account_id:
        raise ValueError("the connection has no account; it was changed outside of this code")
    return f"serviceAccount:{resource.service_account_id}"
