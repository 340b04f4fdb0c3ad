"""A secret's place and who may use it; its value comes from a person and is in no file and no state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import DAY, Access, Component, GrantArgs, Labels, expiry_condition

# https://cloud.google.com/secret-manager/docs/access-control: who adds a version does not read the others.
ROLES: Final[Mapping[Access, str]] = {
    "read": "roles/secretmanager.secretAccessor",
    "write": "roles/secretmanager.secretVersionAdder",
}


@dataclass(frozen=True)
class RotationArgs:
    """Every how many days a message says that it is time for a new version, from when on, and where it goes."""

    days: int
    first: str
    topic: pulumi.Input[str]


@dataclass(frozen=True)
class SecretArgs:
    """The secret, in each region with the key that encrypts it there; `grants` are named by key."""

    secret_id: str
    project: str
    keys: Mapping[str, pulumi.Input[str] | None]
    destroy_days: int
    rotation: RotationArgs | None
    grants: Mapping[str, GrantArgs]
    labels: Labels


class Secret(Component):
    """A secret that is not deleted with the code. People add its versions: see docs/for-ml-engineers.md."""

    secret: gcp.secretmanager.Secret

    def __init__(self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the secret without a version, and the grants on it."""
        super().__init__(name, opts)
        rotation = args.rotation
        self.secret = gcp.secretmanager.Secret(
            f"{name}-secret",
            secret_id=args.secret_id,
            project=args.project,
            replication=gcp.secretmanager.SecretReplicationArgs(
                user_managed=gcp.secretmanager.SecretReplicationUserManagedArgs(
                    replicas=[_replica(region, key) for region, key in sorted(args.keys.items())]
                )
            ),
            version_destroy_ttl=f"{args.destroy_days * DAY}s",
            rotation=None
            if rotation is None
            else gcp.secretmanager.SecretRotationArgs(
                rotation_period=f"{rotation.days * DAY}s", next_rotation_time=rotation.first
            ),
            topics=None if rotation is None else [gcp.secretmanager.SecretTopicArgs(name=rotation.topic)],
            labels=dict(args.labels),
            deletion_protection=True,
            # The service moves the time of the next message on by itself.
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


def _replica(region: str, key: pulumi.Input[str] | None) -> gcp.secretmanager.SecretReplicationUserManagedReplicaArgs:
    encryption = None
    if key is not None:
        encryption = gcp.secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs(
            kms_key_name=key
        )
    return gcp.secretmanager.SecretReplicationUserManagedReplicaArgs(
        location=region, customer_managed_encryption=encryption
    )
