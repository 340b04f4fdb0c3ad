"""Clusters in one network, what leaves it, and the gateway in front: what does not go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, Final

from pydantic import TypeAdapter

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Problem, key_path
from stacks.settings.core.query import EVERY, found, one
from stacks.settings.model.egress import Destinations, EgressMode, GoogleApis
from stacks.settings.model.gateway import Gateway, GatewayKind, service_name
from stacks.settings.model.network import ProxySubnet

TAKEN_RULES: Final = ("google-apis", "internal", "rest")

MODE: Final[TypeAdapter[EgressMode]] = TypeAdapter(EgressMode)
WAY: Final[TypeAdapter[GoogleApis]] = TypeAdapter(GoogleApis)
DESTINATIONS: Final[TypeAdapter[Destinations]] = TypeAdapter(Destinations)
PROXIES: Final[TypeAdapter[ProxySubnet]] = TypeAdapter(ProxySubnet)
GATEWAY: Final[TypeAdapter[Gateway]] = TypeAdapter(Gateway)


def check(values: Mapping[str, Any], draft: Draft) -> Iterator[Problem]:
    """Every such problem, told at one key."""
    network = values.get("network")
    yield from _egress(network, draft)
    proxies = {str(place[-1]): subnet for place, subnet in found(network, ("proxy_subnets", EVERY), PROXIES)}
    yield from _proxies(proxies, draft)
    yield from _clusters(draft)
    gateway = one(values, ("gateway",), GATEWAY)
    if gateway is not None:
        yield from _kind(gateway, proxies, draft)
        yield from _weights(gateway, draft)
        yield from _services(gateway, draft)


def _egress(network: object, draft: Draft) -> Iterator[Problem]:
    mode = one(network, ("egress", "mode"), MODE) or EgressMode.OPEN
    restricted = mode is EgressMode.RESTRICTED
    public = isinstance(network, Mapping) and bool(network) and _way(network) is GoogleApis.PUBLIC
    if restricted and public:
        yield draft.problem(
            ("network", "egress", "mode"),
            "restricted egress does not reach Google's APIs by their public addresses, so no node would start",
            f"set {key_path(('network', 'google_apis'))}: private or restricted",
        )
    elif public and draft.keys.get("teams"):
        # Behind the public addresses are thousands that change: no policy lets a pod reach those and nothing else.
        yield draft.problem(
            ("network", "google_apis"),
            "pods of teams reach Google's APIs by private addresses only",
            "private, or restricted where a service perimeter guards them",
        )
    named = _named(draft)
    for place, to in found(network, ("egress", "allow", EVERY), DESTINATIONS):
        here = ("network", *place)
        if place[-1] in TAKEN_RULES:
            yield draft.problem(here, f"{place[-1]!r} is a rule that every restricted network has", "another key")
        elif not to.cidrs and not to.hosts:
            yield draft.problem(here, "names no destination", "ranges in cidrs, or names in hosts")
        elif not restricted and named is not None and place[-1] not in named:
            yield draft.problem(
                here,
                "has no effect: everything may leave the network, and no team names it",
                f"set {key_path(('network', 'egress', 'mode'))}: restricted, or name it in a team's egress",
            )


def _way(network: Mapping[str, Any]) -> GoogleApis | None:
    """The addresses of Google's APIs, or None where the settings say something that is none of the choices."""
    return one({"google_apis": GoogleApis.PUBLIC.value, **network}, ("google_apis",), WAY)


def _named(draft: Draft) -> set[str] | None:
    """What teams name of the destinations, or None where a team has a mistake and may name any."""
    named = {key for team in draft.teams.values() for key in team.egress}
    if draft.keys.get("teams") != frozenset(draft.teams) or any(
        draft.lacks("network.egress.allow", key) for key in named
    ):
        return None
    return named


def _proxies(proxies: Mapping[str, ProxySubnet], draft: Draft) -> Iterator[Problem]:
    regions: dict[str, str] = {}
    for key, subnet in sorted(proxies.items()):
        here = ("network", "proxy_subnets", key)
        if (other := regions.setdefault(subnet.region, key)) != key:
            yield draft.problem(
                (*here, "region"), f"{subnet.region} has the proxies of {other!r} already", "a region has one"
            )
        if key in draft.subnets and draft.subnets[key].region == subnet.region:
            yield draft.problem(here, f"{key!r} is also a subnet in {subnet.region}", "another key")


def _clusters(draft: Draft) -> Iterator[Problem]:
    """Pods may share a range, services may not: two clusters would give one address to two services.

    Source: https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips#cluster_sizing_secondary_range_svcs.
    """
    for name, cluster in sorted(draft.clusters.items()):
        if cluster.pod_range == cluster.service_range:
            yield draft.problem(
                ("clusters", name, "service_range"),
                f"{cluster.service_range!r} is the range of pods too",
                "pods and services have a range each",
            )
    for (first, one_), (second, other) in combinations(sorted(draft.clusters.items()), 2):
        if one_.subnet != other.subnet:
            continue
        if one_.service_range == other.service_range:
            yield draft.problem(
                ("clusters", second, "service_range"),
                f"{other.service_range!r} holds the services of cluster {first!r}",
                "clusters may share a range for pods, not for services",
            )
        elif other.service_range == one_.pod_range:
            yield draft.problem(
                ("clusters", second, "service_range"),
                f"{other.service_range!r} holds the pods of cluster {first!r}",
                "services need a range of their own",
            )
        elif other.pod_range == one_.service_range:
            yield draft.problem(
                ("clusters", second, "pod_range"),
                f"{other.pod_range!r} holds the services of cluster {first!r}",
                "a range that holds pods only",
            )


def _kind(gateway: Gateway, proxies: Mapping[str, ProxySubnet], draft: Draft) -> Iterator[Problem]:
    if gateway.kind is GatewayKind.EXTERNAL:
        if gateway.address is None:
            yield draft.problem(
                ("gateway", "kind"),
                "an external gateway needs an address that names point at",
                f"reserve a global one and set {key_path(('gateway', 'address'))} to its name",
            )
        return
    if gateway.address is not None:
        yield draft.problem(
            ("gateway", "address"), "an internal gateway gets an address of the stack's own", "leave it out"
        )
    config = draft.clusters.get(gateway.config_cluster)
    if config is None or not draft.subnets:
        return  # what is wrong with them is told
    if config.region not in {subnet.region for subnet in proxies.values()}:
        yield draft.problem(
            ("gateway", "config_cluster"),
            f"an internal gateway has proxies in {config.region}, and no subnet there is for them",
            f"add one to {key_path(('network', 'proxy_subnets'))}",
        )
    for name in gateway.weights:
        cluster = draft.clusters.get(name)
        if cluster is not None and cluster.region != config.region:
            yield draft.problem(
                ("gateway", "weights", name),
                f"cluster {name!r} lies in {cluster.region}, the internal gateway in {config.region}",
                "clusters of one region, or an external gateway",
            )


def _weights(gateway: Gateway, draft: Draft) -> Iterator[Problem]:
    if not any(gateway.weights.values()):
        yield draft.problem(
            ("gateway", "weights"), "all are 0, so nobody answers", "at least one cluster with a weight above 0"
        )


def _services(gateway: Gateway, draft: Draft) -> Iterator[Problem]:
    hosts: dict[str, str] = {}
    names: dict[tuple[str, str], tuple[str, str]] = {}
    for key, service in sorted(gateway.services.items()):
        here = ("gateway", "services", key)
        for index, host in enumerate(service.hosts):
            if (other := hosts.setdefault(host, key)) != key:
                yield draft.problem(
                    (*here, "hosts", index), f"{host!r} leads to service {other!r}", "one service a host"
                )
        yield from _namespace(gateway, key, service.namespace, draft)
        for cluster in sorted(gateway.weights):
            name = service_name(key, cluster)
            if (taken := names.setdefault((service.namespace, name), (key, cluster))) != (key, cluster):
                yield draft.problem(
                    here, f"{name!r} is also service {taken[0]!r} of cluster {taken[1]!r}", "another key"
                )


def _namespace(gateway: Gateway, key: str, namespace: str, draft: Draft) -> Iterator[Problem]:
    """The clusters in which the team has no namespace: the fleet joins services of one namespace only."""
    team = draft.teams.get(namespace)
    wanted = sorted({gateway.config_cluster, *gateway.weights})
    if team is None or any(draft.lacks("clusters", cluster) for cluster in wanted):
        return
    missing = [cluster for cluster in wanted if cluster not in team.clusters]
    if missing:
        yield draft.problem(
            ("gateway", "services", key, "namespace"),
            f"team {namespace!r} has no namespace in {', '.join(missing)}",
            f"add it to {key_path(('teams', namespace, 'clusters'))}, also where only the gateway's objects stand",
        )
