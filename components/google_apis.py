"""Google APIs by private addresses: DNS zones of a network that resolve their names to a VIP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels

# https://cloud.google.com/vpc/docs/configure-private-google-access#domain-options
ADDRESSES: Final[Mapping[str, tuple[str, ...]]] = {
    "private": tuple(f"199.36.153.{last}" for last in range(8, 12)),
    "restricted": tuple(f"199.36.153.{last}" for last in range(4, 8)),
}
RANGES: Final[Mapping[str, str]] = {"private": "199.36.153.8/30", "restricted": "199.36.153.4/30"}
# Domains that clusters use: APIs, registries, and DNS endpoints of control planes.
DOMAINS: Final[Mapping[str, str]] = {
    "googleapis": "googleapis.com.",
    "gcr": "gcr.io.",
    "pkg-dev": "pkg.dev.",
    "gke-goog": "gke.goog.",
}
TTL_SECONDS: Final = 300


@dataclass(frozen=True)
class GoogleApisArgs:
    """The network, and the VIP that its names resolve to: `private` or `restricted`."""

    project: str
    network_name: str
    network: pulumi.Input[str]
    vip: str
    labels: Labels


class GoogleApis(Component):
    """A private zone for each domain, in which every name resolves to the addresses of the VIP."""

    def __init__(self, name: str, args: GoogleApisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the zones and their records."""
        super().__init__(name, opts)
        for key, domain in DOMAINS.items():
            zone = gcp.dns.ManagedZone(
                f"{name}-{key}",
                name=f"{args.network_name}-{key}",
                project=args.project,
                dns_name=domain,
                description=f"{domain} by {args.vip} addresses",
                visibility="private",
                private_visibility_config=gcp.dns.ManagedZonePrivateVisibilityConfigArgs(
                    networks=[
                        gcp.dns.ManagedZonePrivateVisibilityConfigNetworkArgs(network_url=args.network),
                    ]
                ),
                labels=dict(args.labels),
                opts=self.child(),
            )
            # googleapis.com has a name for each VIP; the other domains resolve directly to its addresses.
            target = f"{args.vip}.{domain}" if key == "googleapis" else domain
            self._record(f"{name}-{key}-address", args, zone, target, "A", ADDRESSES[args.vip])
            self._record(f"{name}-{key}-names", args, zone, f"*.{domain}", "CNAME", (target,))
        self.register_outputs({})

    def _record(
        self, name: str, args: GoogleApisArgs, zone: gcp.dns.ManagedZone, host: str, kind: str, values: tuple[str, ...]
    ) -> None:
        gcp.dns.RecordSet(
            name,
            project=args.project,
            managed_zone=zone.name,
            name=host,
            type=kind,
            ttl=TTL_SECONDS,
            rrdatas=list(values),
            opts=self.child(),
        )
