"""The log of reads and writes of sensitive data, in a separate log bucket with long retention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component, GrantArgs, expiry_condition

BUCKET: Final = "data-access"
# https://cloud.google.com/logging/docs/audit#data-access. Reads of metadata (ADMIN_READ) are left out.
LOG_TYPES: Final = ("DATA_READ", "DATA_WRITE")


@dataclass(frozen=True)
class AuditLogArgs:
    """The audited services, where and how long their logs are retained, and grants to read them (`readers`, by key)."""

    project: str
    location: str
    services: Sequence[str]
    retention_days: int
    locked: bool
    readers: Mapping[str, GrantArgs]


class AuditLog(Component):
    """Data access audit logs of services, in a separate log bucket. No principal is exempt.

    Google enables these logs by project and service, not by bucket: every access to any bucket of the project is
    logged, and is billed by volume.
    """

    def __init__(self, name: str, args: AuditLogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the log bucket and the sink, then enable the logs."""
        super().__init__(name, opts)
        bucket = gcp.logging.ProjectBucketConfig(
            f"{name}-bucket",
            project=args.project,
            location=args.location,
            bucket_id=BUCKET,
            description="reads and writes of sensitive data",
            retention_days=args.retention_days,
            locked=args.locked,
            # Audit logs are evidence: they are deleted after their retention period, not together with the code.
            opts=self.child(protect=True),
        )
        filtered = (
            f'log_id("cloudaudit.googleapis.com/data_access") AND protoPayload.serviceName=({_any_of(args.services)})'
        )
        sink = gcp.logging.ProjectSink(
            f"{name}-sink",
            name=BUCKET,
            project=args.project,
            destination=f"logging.googleapis.com/projects/{args.project}/locations/{args.location}/buckets/{BUCKET}",
            filter=filtered,
            unique_writer_identity=True,
            opts=self.child(depends_on=[bucket]),
        )
        gcp.logging.ProjectExclusion(
            f"{name}-exclusion",
            name=BUCKET,
            project=args.project,
            description="stored in a separate log bucket, and would be billed twice",
            filter=filtered,
            opts=self.child(depends_on=[sink]),
        )
        for service in args.services:
            gcp.projects.IAMAuditConfig(
                f"{name}-{service.removesuffix('.googleapis.com')}",
                project=args.project,
                service=service,
                audit_log_configs=[gcp.projects.IAMAuditConfigAuditLogConfigArgs(log_type=kind) for kind in LOG_TYPES],
                opts=self.child(depends_on=[sink]),
            )
        for key, grant in args.readers.items():
            gcp.logging.LogViewIamMember(
                f"{name}-{key}",
                parent=f"projects/{args.project}",
                location=args.location,
                bucket=bucket.bucket_id,
                name="_AllLogs",
                role="roles/logging.viewAccessor",
                member=grant.member,
                condition=expiry_condition(grant.expiry),
                opts=self.child(),
            )
        self.register_outputs({})


def _any_of(services: Sequence[str]) -> str:
    return " OR ".join(f'"{service}"' for service in sorted(services))
