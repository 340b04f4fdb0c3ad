"""The gateway and its services, compared with clusters, teams and the network."""

from __future__ import annotations

from collections.abc import Iterator

from stacks.settings.checks.context import CloudContext, each, known_values, repeated
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import EVERY, KEYS, values_at
from stacks.settings.core.unknown import known_keys, until_unknown
from stacks.settings.model.gateway import GatewayKind, GatewayService, service_name


def external(context: CloudContext) -> Iterator[Problem]:
    """An external gateway without an address."""
    gateway = context.settings.gateway
    if gateway is not None and gateway.kind is GatewayKind.EXTERNAL and gateway.address is None:
        yield context.problem(
            ("gateway", "kind"),
            "an external gateway needs an address for DNS records",
            f"reserve a global address and set {key_path(('gateway', 'address'))} to its name",
        )


def internal(context: CloudContext) -> Iterator[Problem]:
    """An internal gateway with an address, which the stack reserves itself."""
    gateway = context.settings.gateway
    if gateway is not None and gateway.kind is GatewayKind.INTERNAL and gateway.address is not None:
        yield context.problem(
            ("gateway", "address"), "the stack reserves the address of an internal gateway", "omit it"
        )


def proxies(context: CloudContext) -> Iterator[Problem]:
    """An internal gateway in a region without a subnet for load balancers."""
    gateway = context.settings.gateway
    if gateway is None or gateway.kind is GatewayKind.EXTERNAL:
        return
    region = context.settings.clusters[gateway.config_cluster].region
    if region not in {subnet.region for subnet in context.settings.network.proxy_subnets.values()}:
        yield context.problem(
            ("gateway", "config_cluster"),
            f"an internal gateway needs a subnet for its proxies in {region}, and there is none",
            f"add one to {key_path(('network', 'proxy_subnets'))}",
        )


def regions(context: CloudContext) -> Iterator[Problem]:
    """Clusters outside of the region of an internal gateway."""
    gateway = context.settings.gateway
    if gateway is None or gateway.kind is GatewayKind.EXTERNAL:
        return
    region = context.settings.clusters[gateway.config_cluster].region
    for key in known_keys(gateway.weights):
        yield from until_unknown(_region(context, key, region))


def _region(context: CloudContext, key: str, region: str) -> Iterator[Problem]:
    if (other := context.settings.clusters[key].region) != region:
        yield context.problem(
            ("gateway", "weights", key),
            f"cluster {key!r} is in {other}, the internal gateway in {region}",
            "clusters of one region, or an external gateway",
        )


def weights(context: CloudContext) -> Iterator[Problem]:
    """Weights without a cluster that receives requests."""
    gateway = context.settings.gateway
    if gateway is not None and not any(gateway.weights.values()):
        yield context.problem(
            ("gateway", "weights"), "all are 0, so that no cluster receives requests", "at least one weight above 0"
        )


def hosts(context: CloudContext) -> Iterator[Problem]:
    """A host name of two services."""
    names = sorted(values_at(context.settings, ("gateway", "services", EVERY, "hosts", EVERY)), key=_by_place)
    for place, host, other in repeated(names):
        if place[2] != other[2]:
            yield context.problem(
                place, f"{host!r} already leads to service {str(other[2])!r}", "one service for each host"
            )


def _by_place(item: tuple[Place, str]) -> tuple[str, ...]:
    return tuple(str(part) for part in item[0])


def service_names(context: CloudContext) -> Iterator[Problem]:
    """Two services with one name, which is made from the keys of a service and a cluster."""
    clusters = sorted(key for _, key in values_at(context.settings, ("gateway", "weights", KEYS)))
    gateway = context.settings.gateway
    if gateway is None:
        return
    namespaces = list(known_values(gateway.services, lambda service: service.namespace))
    names = [
        ((key, cluster), (namespace, service_name(key, cluster)))
        for key, namespace in namespaces
        for cluster in clusters
    ]
    for (key, _), (_, name), (other, cluster) in repeated(names):
        yield context.problem(
            ("gateway", "services", str(key)),
            f"{name!r} is also service {other!r} of cluster {cluster!r}",
            "another key",
        )


def namespaces(context: CloudContext) -> Iterator[Problem]:
    """Teams without a namespace in one of the gateway's clusters: the fleet joins services of one namespace only."""
    if context.settings.gateway is not None:
        yield from each(context, context.settings.gateway.services, _namespace)


def _namespace(context: CloudContext, key: str, service: GatewayService) -> Iterator[Problem]:
    gateway = context.settings.gateway
    if gateway is None:
        return
    clusters = list(context.settings.teams[service.namespace].clusters)
    missing = [cluster for cluster in sorted({gateway.config_cluster, *gateway.weights}) if cluster not in clusters]
    if missing:
        yield context.problem(
            ("gateway", "services", key, "namespace"),
            f"team {service.namespace!r} has no namespace in {', '.join(missing)}",
            f"add it to {key_path(('teams', service.namespace, 'clusters'))}, also for a cluster without traffic",
        )
