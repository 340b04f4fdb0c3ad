"""The network of a gateway: its address, and the firewall rule from its proxies to pods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels

# https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges, also used by external load balancers
HEALTH_CHECKS: Final = ("130.211.0.0/22", "35.191.0.0/16")


@dataclass(frozen=True)
class GatewayNetworkArgs:
    """The projects, the network, the location of the address, and the TCP ports of the nodes behind the gateway.

    `subnet` is None for a gateway on the internet, whose public address is reserved by hand.
    """

    project: str
    host_project: str
    network_name: str
    network: pulumi.Input[str]
    region: str
    subnet: pulumi.Input[str] | None
    proxies: Sequence[str]
    node_tags: Sequence[str]
    ports: Sequence[int]
    labels: Labels


class GatewayNetwork(Component):
    """The firewall rule and the address; in a shared VPC the Gateway controller may not create firewall rules."""

    address: gcp.compute.Address | None

    def __init__(self, name: str, args: GatewayNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the firewall rule and, for an internal gateway, the address."""
        super().__init__(name, opts)
        gcp.compute.Firewall(
            f"{name}-backends",
            name=f"{args.network_name}-gateway",
            project=args.host_project,
            network=args.network,
            description="proxies and health checks of the gateway to the pods behind it",
            direction="INGRESS",
            source_ranges=[*args.proxies, *HEALTH_CHECKS],
            target_tags=list(args.node_tags),
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=[str(port) for port in args.ports])],
            opts=self.child(),
        )
        self.address = None
        if args.subnet is not None:
            self.address = gcp.compute.Address(
                f"{name}-address",
                name="gateway",
                project=args.project,
                region=args.region,
                subnetwork=args.subnet,
                address_type="INTERNAL",
                purpose="SHARED_LOADBALANCER_VIP",
                labels=dict(args.labels),
                # DNS records point at the address.
                opts=self.child(protect=True),
            )
        self.register_outputs({})
