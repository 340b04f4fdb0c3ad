"""A scan of a bucket: which tables its files are, so that data is found and its columns are known."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels


@dataclass(frozen=True)
class DataDiscoveryArgs:
    """The bucket, the region that scans it, when, and the IAM member that reads it for the scan."""

    scan_id: str
    project: str
    location: str
    bucket: pulumi.Input[str]
    agent: pulumi.Input[str]
    cron: str
    labels: Labels


class DataDiscovery(Component):
    """The scan. Tables that it finds are external ones: who asks them needs access to the files as before."""

    def __init__(self, name: str, args: DataDiscoveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the scan."""
        super().__init__(name, opts)
        # The role is the scan's and goes with it; who of the platform may use the bucket is the bucket's business.
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
            data=gcp.dataplex.DatascanDataArgs(
                resource=pulumi.Output.concat(f"//storage.googleapis.com/projects/{args.project}/buckets/", args.bucket)
            ),
            execution_spec=gcp.dataplex.DatascanExecutionSpecArgs(
                trigger=gcp.dataplex.DatascanExecutionSpecTriggerArgs(
                    schedule=gcp.dataplex.DatascanExecutionSpecTriggerScheduleArgs(cron=args.cron)
                )
            ),
            data_discovery_spec=gcp.dataplex.DatascanDataDiscoverySpecArgs(
                bigquery_publishing_config=gcp.dataplex.DatascanDataDiscoverySpecBigqueryPublishingConfigArgs(
                    table_type="EXTERNAL"
                )
            ),
            labels=dict(args.labels),
            opts=self.child(depends_on=[reader]),
        )
        self.register_outputs({})
