"""A bucket and everyone who may use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_gcp as gcp

from components._common import ROLES, Component, GrantArgs, Labels, ends


@dataclass(frozen=True)
class BucketArgs:
    """The bucket; `grants` are named by key. Days are whole days; None switches the feature off."""

    bucket_name: str
    project: str
    location: str
    soft_delete_days: int | None
    noncurrent_days: int
    expire_days: int | None
    labels: Labels
    grants: Mapping[str, GrantArgs] = field(default_factory=dict)


class Bucket(Component):
    """A bucket that cannot be made public, keeps what is overwritten, and is not deleted with the code."""

    bucket: gcp.storage.Bucket

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the bucket and its grants."""
        super().__init__(name, opts)
        self.bucket = gcp.storage.Bucket(
            f"{name}-bucket",
            name=args.bucket_name,
            project=args.project,
            location=args.location,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning=gcp.storage.BucketVersioningArgs(enabled=True),
            soft_delete_policy=gcp.storage.BucketSoftDeletePolicyArgs(
                retention_duration_seconds=(args.soft_delete_days or 0) * 86_400
            ),
            lifecycle_rules=self._lifecycle(args),
            labels=dict(args.labels),
            force_destroy=False,
            # Data outlives code: deleting a bucket is a runbook's step, not a missing line in a file.
            opts=self.child(protect=True),
        )
        for key, grant in args.grants.items():
            gcp.storage.BucketIAMMember(
                f"{name}-{key}",
                bucket=self.bucket.name,
                role=ROLES[grant.access],
                member=grant.member,
                condition=None if grant.end is None else gcp.storage.BucketIAMMemberConditionArgs(**ends(grant.end)),
                opts=self.child(),
            )
        self.register_outputs({"name": self.bucket.name})

    @staticmethod
    def _lifecycle(args: BucketArgs) -> list[gcp.storage.BucketLifecycleRuleArgs]:
        """Old versions go after a while: each of them is billed like an object."""
        delete = gcp.storage.BucketLifecycleRuleActionArgs(type="Delete")
        rules = [
            gcp.storage.BucketLifecycleRuleArgs(
                action=delete,
                condition=gcp.storage.BucketLifecycleRuleConditionArgs(
                    days_since_noncurrent_time=args.noncurrent_days, with_state="ARCHIVED"
                ),
            )
        ]
        if args.expire_days is not None:
            rules.append(
                gcp.storage.BucketLifecycleRuleArgs(
                    action=delete,
                    condition=gcp.storage.BucketLifecycleRuleConditionArgs(age=args.expire_days, with_state="LIVE"),
                )
            )
        return rules
