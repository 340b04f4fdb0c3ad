"""A file share that many machines mount for reading and writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels

SHARE: Final = "share"  # the name of the one file share of an instance


@dataclass(frozen=True)
class FileShareNetworkArgs:
    """The network, the reserved range of the address, and the ranges of the machines that may mount the share."""

    network: pulumi.Input[str]
    reserved_range: str
    clients: Sequence[str]


@dataclass(frozen=True)
class FileShareArgs:
    """The instance; its tier determines whether `location` is a zone or a region."""

    instance_name: str
    project: str
    location: str
    tier: str
    capacity_gib: int
    protocol: str
    network: FileShareNetworkArgs
    key: pulumi.Input[str] | None  # another key replaces the instance
    deletion_protection: bool
    labels: Labels


class FileShare(Component):
    """A Filestore instance that only client ranges of the network can mount, protected from deletion.

    NFS does not use Google accounts: everyone on a machine of `clients` that mounts the share can read all of it.
    """

    address: pulumi.Output[str]

    def __init__(self, name: str, args: FileShareArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the instance; `deletion_protection` applies to the cloud and to the state."""
        super().__init__(name, opts)
        instance = gcp.filestore.Instance(
            f"{name}-instance",
            name=args.instance_name,
            project=args.project,
            location=args.location,
            tier=args.tier,
            protocol=args.protocol,
            file_shares=gcp.filestore.InstanceFileSharesArgs(
                name=SHARE,
                capacity_gb=args.capacity_gib,  # the API counts GiB
                nfs_export_options=[
                    gcp.filestore.InstanceFileSharesNfsExportOptionArgs(
                        ip_ranges=list(args.network.clients),
                        access_mode="READ_WRITE",
                        # Kubernetes changes the group of a pod's folders as root, which root squash would deny.
                        squash_mode="NO_ROOT_SQUASH",
                    )
                ],
            ),
            networks=[
                gcp.filestore.InstanceNetworkArgs(
                    network=args.network.network,
                    modes=["MODE_IPV4"],
                    # The only connect mode for a service project of a shared VPC.
                    connect_mode="PRIVATE_SERVICE_ACCESS",
                    reserved_ip_range=args.network.reserved_range,
                )
            ],
            kms_key_name=args.key,
            deletion_protection_enabled=args.deletion_protection,
            deletion_protection_reason="files that teams keep" if args.deletion_protection else None,
            labels=dict(args.labels),
            opts=self.child(protect=args.deletion_protection),
        )
        # The id keeps the address unknown until the instance exists; otherwise a preview would show it as empty.
        self.address = instance.id.apply(lambda _: instance.networks.apply(_address))
        self.register_outputs({"address": self.address})


def _address(networks: Sequence[gcp.filestore.outputs.InstanceNetwork]) -> str:
    """The address of the share in the network."""
    addresses = networks[0].ip_addresses if networks else None
    if not addresses:
        raise ValueError("the share has no address in the network; its networks were changed outside of this code")
    return addresses[0]
