"""Several clusters behind one gateway: the fleet that they form, and what of which service each of them answers."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components.cluster import Cluster
from components.fleet import Fleet, FleetArgs
from components.gateway import GATEWAY, NAMESPACE, Gateway, GatewayArgs
from components.gateway_backend import GatewayBackend, GatewayBackendArgs
from components.gateway_network import GatewayNetwork, GatewayNetworkArgs
from components.gateway_route import GatewayRoute, GatewayRouteArgs
from components.network import SharedVpc, node_tag
from components.project_services import ProjectServices
from components.proxy_subnet import ProxySubnet, ProxySubnetArgs
from components.team_namespace import TeamNamespace
from stacks import labels
from stacks.settings import Settings
from stacks.settings.model.gateway import Gateway as GatewaySettings
from stacks.settings.model.gateway import GatewayKind, GatewayService, service_name


@dataclass(frozen=True)
class Ground:
    """What a gateway is built on, by the keys of the settings."""

    google: gcp.Provider
    apis: ProjectServices
    vpc: SharedVpc
    clusters: dict[str, Cluster]
    kubernetes: dict[str, k8s.Provider]
    namespaces: dict[tuple[str, str], TeamNamespace]


def proxies(settings: Settings, google: gcp.Provider, vpc: SharedVpc) -> list[ProxySubnet]:
    """Where load balancers have their proxies."""
    return [
        ProxySubnet(
            f"proxies-{key}",
            ProxySubnetArgs(
                project=settings.projects.host,
                network=vpc.network.self_link,
                subnet_name=key,
                region=entry.region,
                cidr=entry.cidr,
            ),
            pulumi.ResourceOptions(provider=google),
        )
        for key, entry in settings.network.proxy_subnets.items()
    ]


def gateway(settings: Settings, ground: Ground) -> None:
    """The gateway in its config cluster, and behind it each service in each cluster that has a weight."""
    subnets = proxies(settings, ground.google, ground.vpc)
    entry = settings.gateway
    if entry is None:
        return
    fleet = _fleet(settings, entry, ground)
    network = _network(settings, entry, ground, subnets)
    address = network.address.name if network.address is not None else entry.address
    door = Gateway(
        "gateway",
        GatewayArgs(
            kind=entry.kind.value,
            certificate=entry.certificate,
            address=address or "",
            namespaces=sorted({service.namespace for service in entry.services.values()}),
            labels=labels.shared(settings),
        ),
        pulumi.ResourceOptions(provider=ground.kubernetes[entry.config_cluster], depends_on=[fleet, network]),
    )
    for key, service in entry.services.items():
        _backends(settings, entry, key, service, ground, fleet)
        _route(settings, entry, key, service, ground, door)


def _fleet(settings: Settings, entry: GatewaySettings, ground: Ground) -> Fleet:
    """The fleet, once its members are there."""
    members = [ground.clusters[key] for key in sorted({entry.config_cluster, *entry.weights})]
    region = settings.clusters[entry.config_cluster].region
    project = settings.projects.service
    return Fleet(
        "fleet",
        FleetArgs(
            project=project,
            project_number=settings.projects.service_number,
            host_project=settings.projects.host,
            config_membership=f"projects/{project}/locations/{region}/memberships/{entry.config_cluster}",
            labels=labels.shared(settings),
        ),
        pulumi.ResourceOptions(provider=ground.google, depends_on=[ground.apis, *members]),
    )


def _network(settings: Settings, entry: GatewaySettings, ground: Ground, after: list[ProxySubnet]) -> GatewayNetwork:
    """The way to the pods, and the address where the gateway is inside."""
    config = settings.clusters[entry.config_cluster]
    internal = entry.kind is GatewayKind.INTERNAL
    return GatewayNetwork(
        "gateway-network",
        GatewayNetworkArgs(
            project=settings.projects.service,
            host_project=settings.projects.host,
            network_name=settings.network.name,
            network=ground.vpc.network.self_link,
            region=config.region,
            subnet=ground.vpc.subnets[config.subnet].self_link if internal else None,
            proxies=[
                str(subnet.cidr)
                for subnet in settings.network.proxy_subnets.values()
                if internal and subnet.region == config.region
            ],
            node_tags=[node_tag(cluster) for cluster in sorted(entry.weights)],
            ports=sorted({service.port for service in entry.services.values()}),
            labels=labels.shared(settings),
        ),
        pulumi.ResourceOptions(provider=ground.google, depends_on=[ground.vpc, *after]),
    )


def _backends(
    settings: Settings, entry: GatewaySettings, key: str, service: GatewayService, ground: Ground, fleet: Fleet
) -> None:
    """The pods of a service in each cluster, under the name that the fleet knows them by."""
    for cluster in entry.weights:
        GatewayBackend(
            f"backend-{cluster}.{key}",
            GatewayBackendArgs(
                service_name=service_name(key, cluster),
                namespace=service.namespace,
                selector=service.selector,
                port=service.port,
                labels=labels.team(settings, service.namespace),
            ),
            pulumi.ResourceOptions(
                provider=ground.kubernetes[cluster], depends_on=[fleet, ground.namespaces[cluster, service.namespace]]
            ),
        )


def _route(
    settings: Settings, entry: GatewaySettings, key: str, service: GatewayService, ground: Ground, door: Gateway
) -> None:
    """How requests are shared out between the clusters."""
    GatewayRoute(
        f"route-{key}",
        GatewayRouteArgs(
            route_name=key,
            namespace=service.namespace,
            gateway=(NAMESPACE, GATEWAY),
            hosts=service.hosts,
            port=service.port,
            weights={service_name(key, cluster): weight for cluster, weight in entry.weights.items()},
            health_path=service.health_path,
            timeout_seconds=service.timeout_seconds,
            labels=labels.team(settings, service.namespace),
        ),
        pulumi.ResourceOptions(
            provider=ground.kubernetes[entry.config_cluster],
            depends_on=[door, ground.namespaces[entry.config_cluster, service.namespace]],
        ),
    )
