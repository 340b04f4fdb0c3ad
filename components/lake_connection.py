"""The BigQuery connection by which a warehouse reads files of a bucket."""

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
    """A connection with a separate account, so that readers of a table need no access to its files."""

    member: pulumi.Output[str]

    def __init__(self, name: str, args: LakeConnectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the connection; the bucket has the grant to its account."""
        super().__init__(name, opts)
        connection = gcp.bigquery.Connection(
            f"{name}-connection",
            connection_id=args.connection_id,
            project=args.project,
            location=args.location,
            cloud_resource=gcp.bigquery.ConnectionCloudResourceArgs(),
            opts=self.child(),
        )
        # The id keeps the member unknown until the connection exists; otherwise a preview would show it as empty.
        self.member = connection.id.apply(lambda _: connection.cloud_resource.apply(_member))
        self.register_outputs({})


def _member(resource: gcp.bigquery.outputs.ConnectionCloudResource | None) -> str:
    """The IAM member of the connection's account."""
    if resource is None or not resource.service_account_id:
        raise ValueError("the connection has no account; it was changed outside of this code")
    return f"serviceAccount:{resource.service_account_id}"
