"""A Dataplex discovery scan of a bucket, which publishes its files as tables of the catalog."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels


@dataclass(frozen=True)
class DataDiscoveryArgs:
    """The bucket, the region and schedule of the scan, and the IAM member that reads the bucket for it."""

    scan_id: str
    project: str
    location: str
    bucket: pulumi.Input[str]
    agent: pulumi.Input[str]
    cron: str
    labels: Labels


class DataDiscovery(Component):
    """The scan. Its tables are external tables: readers of a table also need access to the files."""

    def __init__(self, name: str, args: DataDiscoveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the agent's role on the bucket, then the scan."""
        super().__init__(name, opts)
        # The role belongs to the scan and is deleted with it; grants of teams belong to the bucket.
        reader = gcp.storage.BucketIAMMember(
            f"{name}-agent",
            bucket=args.bucket,
            role="roles/dataplex.discoveryServiceAgent",
            member=args.agent,
            opts=self.child(),
        )
        gcp.dataplex.Datascan(
            f"{name}-discovery",
            data_scan_id=f"discovery-{args.scan_id}",
            project=args.project,
            location=args.location,
            data={
                "resource": pulumi.Output.concat(
                    f"//storage.googleapis.com/projects/{args.project}/buckets/", args.bucket
                )
            },
            execution_spec={"trigger": {"schedule": {"cron": args.cron}}},
            data_discovery_spec={"bigquery_publishing_config": {"table_type": "EXTERNAL"}},
            labels=dict(args.labels),
            opts=self.child(depends_on=[reader]),
        )
        self.register_outputs({})
