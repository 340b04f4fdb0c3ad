"""A Cloud SQL instance of MySQL with a private address, protected from deletion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp
import pulumi_random as random

from components._common import Component, Labels


@dataclass(frozen=True)
class DatabaseMachineArgs:
    """The tier, the disk in GB, a standby in another zone (`regional`), and the number of retained backups."""

    tier: str
    disk_gb: int
    regional: bool
    retained_backups: int


@dataclass(frozen=True)
class DatabaseArgs:
    """The instance, its databases and its user; its address is from the private services range of `network`."""

    instance_name: str
    project: str
    region: str
    machine: DatabaseMachineArgs
    network: pulumi.Input[str]
    databases: Sequence[str]
    user: str
    key: pulumi.Input[str] | None  # another key replaces the instance
    deletion_protection: bool
    labels: Labels


class Database(Component):
    """A Cloud SQL instance with its databases and one user; needs a Google Cloud and a random provider.

    The password is generated and stored in the state, encrypted.
    """

    address: pulumi.Output[str]
    password: pulumi.Output[str]

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the instance, its databases and its user.

        `deletion_protection` applies to the cloud and to the state.
        """
        super().__init__(name, opts)
        instance = self._instance(name, args)
        for database in args.databases:
            gcp.sql.Database(
                f"{name}-{database}",
                name=database,
                project=args.project,
                instance=instance.name,
                charset="utf8mb4",
                opts=self.child(),
            )
        password = random.RandomPassword(f"{name}-password", length=32, special=False, opts=self.child())
        gcp.sql.User(
            f"{name}-user",
            name=args.user,
            project=args.project,
            instance=instance.name,
            host="%",
            password=password.result,
            opts=self.child(),
        )
        self.address = instance.private_ip_address
        self.password = password.result
        self.register_outputs({"address": self.address})

    def _instance(self, name: str, args: DatabaseArgs) -> gcp.sql.DatabaseInstance:
        return gcp.sql.DatabaseInstance(
            f"{name}-instance",
            # The name of a deleted instance is reserved for a week: restore the instance instead of creating it again.
            name=args.instance_name,
            project=args.project,
            region=args.region,
            database_version="MYSQL_8_0",
            encryption_key_name=args.key,
            deletion_protection=args.deletion_protection,
            settings={
                "tier": args.machine.tier,
                "availability_type": "REGIONAL" if args.machine.regional else "ZONAL",
                "disk_size": args.machine.disk_gb,
                "disk_type": "PD_SSD",
                # The disk grows automatically and cannot shrink: the declared size would replace the instance.
                "disk_autoresize": True,
                "ip_configuration": {
                    "ipv4_enabled": False,
                    "private_network": args.network,
                    "ssl_mode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
                },
                "backup_configuration": {
                    "enabled": True,
                    # Point-in-time recovery of MySQL uses the binary log.
                    "binary_log_enabled": True,
                    "start_time": "01:00",
                    "transaction_log_retention_days": 7,
                    "backup_retention_settings": {"retained_backups": args.machine.retained_backups},
                },
                # The generated password is longer; the policy is for users that a person adds.
                "password_validation_policy": {
                    "enable_password_policy": True,
                    "min_length": 20,
                    "disallow_username_substring": True,
                },
                "user_labels": dict(args.labels),
            },
            opts=self.child(protect=args.deletion_protection, ignore_changes=["settings.diskSize"]),
        )
