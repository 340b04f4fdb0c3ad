"""A secret and the grants on it. A person adds its value, which is in neither a file nor the state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import DAY, Access, Component, GrantArgs, Labels, expiry_condition

# https://cloud.google.com/secret-manager/docs/access-control: the role that adds versions cannot read them.
ROLES: Final[Mapping[Access, str]] = {
    "read": "roles/secretmanager.secretAccessor",
    "write": "roles/secretmanager.secretVersionAdder",
}


@dataclass(frozen=True)
class RotationArgs:
    """The days between rotation reminders, the time of the first one (RFC 3339), and their topic."""

    days: int
    first: str
    topic: pulumi.Input[str]


@dataclass(frozen=True)
class SecretArgs:
    """The secret, its encryption key (None for a Google-managed one) by region, and its `grants` by key.

    `destroy_days` is the number of days until a destroyed version is deleted and cannot be restored.
    """

    secret_id: str
    project: str
    keys: Mapping[str, pulumi.Input[str] | None]
    destroy_days: int
    rotation: RotationArgs | None
    grants: Mapping[str, GrantArgs]
    labels: Labels


class Secret(Component):
    """A secret that is not deleted together with the code. People add its versions: docs/for-ml-engineers.md."""

    secret: gcp.secretmanager.Secret

    def __init__(self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the secret without a version, and the grants on it."""
        super().__init__(name, opts)
        rotation = args.rotation
        self.secret = gcp.secretmanager.Secret(
            f"{name}-secret",
            secret_id=args.secret_id,
            project=args.project,
            replication={
                "user_managed": {"replicas": [_replica(region, key) for region, key in sorted(args.keys.items())]}
            },
            version_destroy_ttl=f"{args.destroy_days * DAY}s",
            rotation=None
            if rotation is None
            else {"rotation_period": f"{rotation.days * DAY}s", "next_rotation_time": rotation.first},
            topics=None if rotation is None else [{"name": rotation.topic}],
            labels=dict(args.labels),
            deletion_protection=True,
            # Secret Manager updates the time of the next reminder.
            opts=self.child(protect=True, ignore_changes=["rotation.nextRotationTime"]),
        )
        for key, grant in args.grants.items():
            gcp.secretmanager.SecretIamMember(
                f"{name}-{key}",
                project=args.project,
                secret_id=self.secret.secret_id,
                role=ROLES[grant.access],
                member=grant.member,
                condition=expiry_condition(grant.expiry),
                opts=self.child(),
            )
        self.register_outputs({})


def _replica(
    region: str, key: pulumi.Input[str] | None
) -> gcp.secretmanager.SecretReplicationUserManagedReplicaArgsDict:
    if key is None:
        return {"location": region}
    return {"location": region, "customer_managed_encryption": {"kms_key_name": key}}
