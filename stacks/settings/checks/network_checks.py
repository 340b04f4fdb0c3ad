"""What leaves the network, and the subnets of its load balancers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import CloudContext, each, known_values, repeated
from stacks.settings.core.problems import Problem, key_path
from stacks.settings.model.egress import Destinations, EgressMode, GoogleApis
from stacks.settings.model.network import ProxySubnet

RESERVED_RULES: Final = ("google-apis", "internal", "rest")
# Ports that the control plane calls in pods of what stacks/versions.yaml installs, and what fails without them; read
# from the rendered charts. Control planes reach 443 and 10250 of nodes without a rule, but the list is complete.
WEBHOOK_PORTS: Final = {
    8082: "serve Kueue's visibility API, and deleted namespaces would remain in state Terminating",
    9443: "call the webhooks of Kueue, JobSet, Trainer, Spark and KServe, and no job would start",
    10250: "call cert-manager's webhook, and no certificate would be issued",
    15017: "inject Istio sidecars, and no pod would start",
}


def google_apis(context: CloudContext) -> Iterator[Problem]:
    """Public addresses of Google's APIs where something needs private ones."""
    network = context.settings.network
    if network.google_apis is not GoogleApis.PUBLIC:
        return
    if network.egress.mode is EgressMode.RESTRICTED:
        yield context.problem(
            ("network", "egress", "mode"),
            "restricted egress cannot reach Google's APIs by their public addresses, so that no node would start",
            f"set {key_path(('network', 'google_apis'))}: private or restricted",
        )
    elif context.settings.teams:
        # The public addresses are thousands that change: no network policy can allow those and nothing else.
        yield context.problem(
            ("network", "google_apis"),
            "pods of teams reach Google's APIs by private addresses only",
            "private, or restricted for a service perimeter",
        )


def webhook_ports(context: CloudContext) -> Iterator[Problem]:
    """Webhook ports without one that an installed operator needs."""
    for port, purpose in WEBHOOK_PORTS.items():
        if port not in context.settings.network.webhook_ports:
            yield context.problem(
                ("network", "webhook_ports"),
                f"{port} is missing: the control plane could not {purpose}",
                f"add {port}",
            )


def destinations(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one destination outside of the network."""
    yield from each(context, context.settings.network.egress.allow, _rule_name, _empty, _unused)


def _rule_name(context: CloudContext, key: str, _: Destinations) -> Iterator[Problem]:
    if key in RESERVED_RULES:
        yield context.problem(
            ("network", "egress", "allow", key), f"{key!r} is a rule of every restricted network", "another key"
        )


def _empty(context: CloudContext, key: str, to: Destinations) -> Iterator[Problem]:
    if not to.cidrs and not to.hosts:
        yield context.problem(
            ("network", "egress", "allow", key), "has no destination", "ranges in cidrs, or names in hosts"
        )


def _unused(context: CloudContext, key: str, to: Destinations) -> Iterator[Problem]:
    if context.settings.network.egress.mode is EgressMode.RESTRICTED or key in RESERVED_RULES:
        return
    if (to.cidrs or to.hosts) and not any(key in team.egress for team in context.settings.teams.values()):
        yield context.problem(
            ("network", "egress", "allow", key),
            "has no effect: egress is open, and no team names it",
            f"set {key_path(('network', 'egress', 'mode'))}: restricted, or name it in a team's egress",
        )


def proxy_subnets(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one subnet for load balancers."""
    yield from each(context, context.settings.network.proxy_subnets, _proxy_key)


def _proxy_key(context: CloudContext, key: str, proxies: ProxySubnet) -> Iterator[Problem]:
    subnets = context.settings.network.subnets
    if key in subnets and subnets[key].region == proxies.region:
        yield context.problem(
            ("network", "proxy_subnets", key), f"{key!r} is also a subnet in {proxies.region}", "another key"
        )


def proxy_regions(context: CloudContext) -> Iterator[Problem]:
    """Two subnets for the load balancers of one region."""
    regions = known_values(context.settings.network.proxy_subnets, lambda proxies: proxies.region)
    for (key,), region, (other,) in repeated(((key,), region) for key, region in regions):
        yield context.problem(
            ("network", "proxy_subnets", key, "region"),
            f"{other!r} is already the subnet for load balancers in {region}",
            "one such subnet for each region",
        )
