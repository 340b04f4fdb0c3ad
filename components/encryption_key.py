"""A customer-managed encryption key, and the service agents that may use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import DAY, Component, Labels, known_name


@dataclass(frozen=True)
class EncryptionKeyArgs:
    """The key: its location and name, the days between rotations, and the days until a deleted version is destroyed.

    `users` are IAM members by key; `identities` are APIs whose service agent is created before it is granted a role.
    """

    project: str
    location: str
    key_name: str
    rotation_days: int
    destroy_days: int
    users: Mapping[str, str]
    identities: Sequence[str]
    labels: Labels


class EncryptionKey(Component):
    """A key ring with one key. It is not deleted together with the code: without the key the data is lost.

    Key rings cannot be deleted: a stack that is created again in the same project imports the existing key ring.
    """

    key_id: pulumi.Output[str]

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the key ring, the key and its grants; resources that use `key_id` depend on the grants."""
        super().__init__(name, opts)
        ring = gcp.kms.KeyRing(
            f"{name}-ring",
            name=args.key_name,
            project=args.project,
            location=args.location,
            opts=self.child(protect=True),
        )
        key = gcp.kms.CryptoKey(
            f"{name}-key",
            name=args.key_name,
            key_ring=ring.id,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=f"{args.rotation_days * DAY}s",
            destroy_scheduled_duration=f"{args.destroy_days * DAY}s",
            labels=dict(args.labels),
            opts=self.child(protect=True),
        )
        agents = [
            gcp.projects.ServiceIdentity(
                f"{name}-{service.removesuffix('.googleapis.com')}-agent",
                project=args.project,
                service=service,
                opts=self.child(),
            )
            for service in args.identities
        ]
        grants = [
            gcp.kms.CryptoKeyIAMMember(
                f"{name}-{user}",
                crypto_key_id=key.id,
                role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
                member=member,
                opts=self.child(depends_on=agents),
            )
            for user, member in args.users.items()
        ]
        full = f"projects/{args.project}/locations/{args.location}/keyRings/{args.key_name}/cryptoKeys/{args.key_name}"
        self.key_id = known_name(full, key, *grants)
        self.register_outputs({"id": self.key_id})
