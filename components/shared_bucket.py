"""Grants of this stack on a bucket of another stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import ROLES, Component, GrantArgs, expiry_condition


@dataclass(frozen=True)
class SharedBucketArgs:
    """The name of the bucket, and the grants by key."""

    bucket_name: str
    grants: Mapping[str, GrantArgs]


class SharedBucket(Component):
    """Grants only: another stack declares the bucket."""

    def __init__(self, name: str, args: SharedBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the grants."""
        super().__init__(name, opts)
        for key, grant in args.grants.items():
            gcp.storage.BucketIAMMember(
                f"{name}-{key}",
                bucket=args.bucket_name,
                role=ROLES[grant.access],
                member=grant.member,
                condition=expiry_condition(grant.expiry),
                opts=self.child(),
            )
        self.register_outputs({"name": args.bucket_name})
