"""What a gateway needs of the network: an address of its own, and a way from its proxies to the pods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels

# https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges: they also carry external traffic
HEALTH_CHECKS: Final = ("130.211.0.0/22", "35.191.0.0/16")


@dataclass(frozen=True)
class GatewayNetworkArgs:
    """The projects, the network, where the address is, and which nodes are reached on which TCP ports.

    `subnet` is None for a gateway on the internet: its address is reserved by hand, and is public.
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
    """In a shared VPC the controller of gateways may not open the firewall itself, so this does."""

    address: gcp.compute.Address | None

    def __init__(self, name: str, args: GatewayNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the firewall rule and, inside the network, the address."""
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
                # Names in DNS point at it.
                opts=self.child(protect=True),
            )
        self.register_outputs({})
