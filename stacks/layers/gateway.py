"""A gateway for several clusters: their fleet, and the routes and backends of each service."""

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
class GatewayDependencies:
    """Resources that the gateway uses, by the keys of the settings."""

    google: gcp.Provider
    apis: ProjectServices
    vpc: SharedVpc
    clusters: dict[str, Cluster]
    kubernetes: dict[str, k8s.Provider]
    namespaces: dict[tuple[str, str], TeamNamespace]


def _proxy_subnets(settings: Settings, google: gcp.Provider, vpc: SharedVpc) -> list[ProxySubnet]:
    """The subnets of the load balancers' proxies."""
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


def gateway(settings: Settings, dependencies: GatewayDependencies) -> None:
    """The gateway in its config cluster, and the backends of each service in each cluster with a weight."""
    subnets = _proxy_subnets(settings, dependencies.google, dependencies.vpc)
    entry = settings.gateway
    if entry is None:
        return
    fleet = _fleet(settings, entry, dependencies)
    network = _network(settings, entry, dependencies, subnets)
    address = network.address.name if network.address is not None else entry.address
    resource = Gateway(
        "gateway",
        GatewayArgs(
            kind=entry.kind.value,
            certificate=entry.certificate,
            address=address or "",
            namespaces=sorted({service.namespace for service in entry.services.values()}),
            labels=labels.shared(settings),
        ),
        pulumi.ResourceOptions(provider=dependencies.kubernetes[entry.config_cluster], depends_on=[fleet, network]),
    )
    for key, service in entry.services.items():
        _backends(settings, entry, key, service, dependencies, fleet)
        _route(settings, entry, key, service, dependencies, resource)


def _fleet(settings: Settings, entry: GatewaySettings, dependencies: GatewayDependencies) -> Fleet:
    """The fleet, after its member clusters."""
    members = [dependencies.clusters[key] for key in sorted({entry.config_cluster, *entry.weights})]
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
        pulumi.ResourceOptions(provider=dependencies.google, depends_on=[dependencies.apis, *members]),
    )


def _network(
    settings: Settings, entry: GatewaySettings, dependencies: GatewayDependencies, subnets: list[ProxySubnet]
) -> GatewayNetwork:
    """The firewall rule for backends, and the address of an internal gateway."""
    config = settings.clusters[entry.config_cluster]
    internal = entry.kind is GatewayKind.INTERNAL
    return GatewayNetwork(
        "gateway-network",
        GatewayNetworkArgs(
            project=settings.projects.service,
            host_project=settings.projects.host,
            network_name=settings.network.name,
            network=dependencies.vpc.network.self_link,
            region=config.region,
            subnet=dependencies.vpc.subnets[config.subnet].self_link if internal else None,
            proxies=[
                str(subnet.cidr)
                for subnet in settings.network.proxy_subnets.values()
                if internal and subnet.region == config.region
            ],
            node_tags=[node_tag(cluster) for cluster in sorted(entry.weights)],
            ports=sorted({service.port for service in entry.services.values()}),
            labels=labels.shared(settings),
        ),
        pulumi.ResourceOptions(provider=dependencies.google, depends_on=[dependencies.vpc, *subnets]),
    )


def _backends(
    settings: Settings,
    entry: GatewaySettings,
    key: str,
    service: GatewayService,
    dependencies: GatewayDependencies,
    fleet: Fleet,
) -> None:
    """The service's pods in each cluster, exported to the fleet."""
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
                provider=dependencies.kubernetes[cluster],
                depends_on=[fleet, dependencies.namespaces[cluster, service.namespace]],
            ),
        )


def _route(
    settings: Settings,
    entry: GatewaySettings,
    key: str,
    service: GatewayService,
    dependencies: GatewayDependencies,
    resource: Gateway,
) -> None:
    """The distribution of requests between the clusters."""
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
            provider=dependencies.kubernetes[entry.config_cluster],
            depends_on=[resource, dependencies.namespaces[entry.config_cluster, service.namespace]],
        ),
    )
