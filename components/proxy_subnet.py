"""The subnet of the proxies of a region's load balancers."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_gcp as gcp

from components._common import Component


@dataclass(frozen=True)
class ProxySubnetArgs:
    """The subnet, in the host project; machines get no addresses from its range."""

    project: str
    network: pulumi.Input[str]
    subnet_name: str
    region: str
    cidr: IPv4Network


class ProxySubnet(Component):
    """A proxy-only subnet, which has neither flow logs nor secondary ranges; load balancers log requests."""

    def __init__(self, name: str, args: ProxySubnetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the subnet."""
        super().__init__(name, opts)
        gcp.compute.Subnetwork(
            f"{name}-subnet",
            name=args.subnet_name,
            project=args.project,
            region=args.region,
            network=args.network,
            ip_cidr_range=str(args.cidr),
            purpose="REGIONAL_MANAGED_PROXY",
            role="ACTIVE",
            opts=self.child(),
        )
        self.register_outputs({})
