"""Where the proxies of a region's load balancers have their addresses."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_gcp as gcp

from components._common import Component


@dataclass(frozen=True)
class ProxySubnetArgs:
    """The range, in the host project; no machine ever gets an address of it."""

    project: str
    network: pulumi.Input[str]
    subnet_name: str
    region: str
    cidr: IPv4Network


class ProxySubnet(Component):
    """A proxy-only subnet. It takes neither flow logs nor secondary ranges: proxies log their own traffic."""

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
