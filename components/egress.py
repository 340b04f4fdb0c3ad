"""Egress rules of a network: only declared destinations can be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component

# The range of Google APIs with direct connectivity, in addition to that of the VIP:
# https://cloud.google.com/vpc/docs/configure-private-google-access#ip-addr-defaults
DIRECT_CONNECTIVITY: Final = "34.126.0.0/18"
# Priorities. The order of allow rules has no meaning, since they cannot contradict each other; the deny rule is last.
INTERNAL, APIS, NAMED, REST = 1000, 1100, 2000, 65000


@dataclass(frozen=True)
class DestinationArgs:
    """A destination that may be reached on TCP ports: ranges, host names, or both."""

    cidrs: Sequence[str]
    hosts: Sequence[str]
    ports: Sequence[int]


@dataclass(frozen=True)
class RestrictedEgressArgs:
    """The network, its internal ranges, the range of Google APIs, and the other allowed destinations by key."""

    project: str
    network_name: str
    network: pulumi.Input[str]
    internal: Sequence[str]
    google_apis: str
    allow: Mapping[str, DestinationArgs]


class RestrictedEgress(Component):
    """A firewall policy of the network whose last rule denies and logs all egress.

    It is a policy because VPC firewall rules do not accept host names. The metadata server and its DNS resolver are
    always reachable: firewall rules do not apply to them.
    """

    def __init__(self, name: str, args: RestrictedEgressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the policy with all of its rules in one resource, so that no partial policy is applied; attach it."""
        super().__init__(name, opts)
        named = sorted(args.allow.items())
        policy = gcp.compute.NetworkFirewallPolicyWithRules(
            f"{name}-policy",
            name=f"{args.network_name}-egress",
            project=args.project,
            description="egress from the network",
            rules=[
                _rule("internal", INTERNAL, "allow", {"cidrs": args.internal}),
                _rule("google-apis", APIS, "allow", {"cidrs": [args.google_apis, DIRECT_CONNECTIVITY], "ports": [443]}),
                *(
                    _rule(key, NAMED + index, "allow", {"cidrs": to.cidrs, "hosts": to.hosts, "ports": to.ports})
                    for index, (key, to) in enumerate(named)
                ),
                _rule("rest", REST, "deny", {"cidrs": ["0.0.0.0/0"]}),
            ],
            opts=self.child(),
        )
        gcp.compute.NetworkFirewallPolicyAssociation(
            f"{name}-network",
            name=f"{args.network_name}-egress",
            project=args.project,
            firewall_policy=policy.name,
            attachment_target=args.network,
            opts=self.child(),
        )
        self.register_outputs({})


def _rule(
    name: str, priority: int, action: str, to: Mapping[str, Sequence[str] | Sequence[int]]
) -> gcp.compute.NetworkFirewallPolicyWithRulesRuleArgs:
    """One rule; without ports it applies to all protocols. Only denied connections are logged."""
    ports = [str(port) for port in to.get("ports", ())]
    traffic = gcp.compute.NetworkFirewallPolicyWithRulesRuleMatchLayer4ConfigArgs(
        ip_protocol="tcp" if ports else "all", ports=ports or None
    )
    return gcp.compute.NetworkFirewallPolicyWithRulesRuleArgs(
        rule_name=name,
        priority=priority,
        action=action,
        direction="EGRESS",
        enable_logging=action == "deny",
        match=gcp.compute.NetworkFirewallPolicyWithRulesRuleMatchArgs(
            dest_ip_ranges=[str(cidr) for cidr in to.get("cidrs", ())] or None,
            dest_fqdns=[str(host) for host in to.get("hosts", ())] or None,
            layer4_configs=[traffic],
        ),
    )
