"""A share of files that many machines write at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels

SHARE: Final = "share"  # the folder that an instance exports; an instance has one


@dataclass(frozen=True)
class FileShareNetworkArgs:
    """The network, the reserved range that gives the address, and the ranges of the machines that may mount."""

    network: pulumi.Input[str]
    reserved_range: str
    clients: Sequence[str]


@dataclass(frozen=True)
class FileShareArgs:
    """The instance: its place is a zone or a region, as its tier wants it."""

    instance_name: str
    project: str
    location: str
    tier: str
    capacity_gib: int
    protocol: str
    network: FileShareNetworkArgs
    key: pulumi.Input[str] | None  # the key that encrypts the files; another key is another instance
    deletion_protection: bool
    labels: Labels


class FileShare(Component):
    """An instance of Filestore that only some machines of the network can reach and that outlives the code.

    NFS knows no accounts of Google's: whoever is on one of the `clients` and mounts the share sees all of it.
    """

    address: pulumi.Output[str]

    def __init__(self, name: str, args: FileShareArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the instance, protected twice: in the cloud and in the state."""
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
                capacity_gb=args.capacity_gib,  # called GB by the API, and counted in GiB
                nfs_export_options=[
                    gcp.filestore.InstanceFileSharesNfsExportOptionArgs(
                        ip_ranges=list(args.network.clients),
                        access_mode="READ_WRITE",
                        # Kubernetes gives folders to a pod's group as root, which a squashed root could not.
                        squash_mode="NO_ROOT_SQUASH",
                    )
                ],
            ),
            networks=[
                gcp.filestore.InstanceNetworkArgs(
                    network=args.network.network,
                    modes=["MODE_IPV4"],
                    # The only way from a service project into a shared VPC.
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
        # The id keeps it unknown until there is a share: a plan would otherwise take the address for empty.
        self.address = instance.id.apply(lambda _: instance.networks.apply(_address))
        self.register_outputs({"address": self.address})


def _address(networks: Sequence[gcp.filestore.outputs.InstanceNetwork]) -> str:
    """The address of the share in the network, which every share of this component has."""
    addresses = networks[0].ip_addresses if networks else None
    if not addresses:
        raise ValueError("the share has no address in the network; its networks were changed outside of this code")
    return addresses[0]
