"""Query logging of the names that are resolved in a network."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component


@dataclass(frozen=True)
class DnsLoggingArgs:
    """The network, in the host project."""

    project: str
    network_name: str
    network: pulumi.Input[str]


class DnsLogging(Component):
    """A DNS server policy that logs queries."""

    def __init__(self, name: str, args: DnsLoggingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the policy; a network has at most one."""
        super().__init__(name, opts)
        gcp.dns.Policy(
            f"{name}-policy",
            name=f"{args.network_name}-queries",
            project=args.project,
            enable_logging=True,
            networks=[gcp.dns.PolicyNetworkArgs(network_url=args.network)],
            opts=self.child(),
        )
        self.register_outputs({})
