"""The service mesh of teams' pods, and ingress from the gateway into it."""

from __future__ import annotations

from datetime import date

import pulumi
import pulumi_kubernetes as k8s

from components.kubeflow import Kubeflow
from components.mesh_ingress import MeshIngress, MeshIngressArgs
from components.service_callers import ServiceCallers, ServiceCallersArgs
from components.team_mesh import TeamMesh, TeamMeshArgs
from components.team_namespace import TeamNamespace
from components.team_service import FaultArgs, TeamService, TeamServiceArgs, TrafficArgs
from stacks import labels
from stacks.layers.network_policies import COLLECTORS
from stacks.settings import Settings, Tenancy
from stacks.settings.model.gateway import Gateway, GatewayService
from stacks.settings.model.mesh import Fault
from stacks.settings.model.mesh import TeamService as ServiceSettings


def mesh(
    settings: Tenancy,
    *,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
    kubeflow: dict[str, Kubeflow],
) -> None:
    """Defaults and services of each team in each of its clusters, after the operators if this stack installs them."""
    collectors = COLLECTORS["monitoring"] if settings.has_managed_prometheus else None
    for (cluster, team), namespace in namespaces.items():
        provider = kubernetes[cluster]
        operators = [kubeflow[cluster]] if cluster in kubeflow else []
        defaults = TeamMesh(
            f"mesh-{cluster}.{team}",
            TeamMeshArgs(
                namespace=team,
                calls=_called_teams(settings, cluster, team),
                labels=labels.team(settings, team),
                collectors=collectors,
            ),
            pulumi.ResourceOptions(provider=provider, depends_on=[namespace, *operators]),
        )
        for name, service in settings.teams[team].services.items():
            callers = [caller for caller in service.callers if (cluster, caller) in namespaces]
            caller_namespaces = [namespaces[cluster, caller] for caller in callers]
            options = pulumi.ResourceOptions(provider=provider, depends_on=[defaults, *caller_namespaces])
            TeamService(f"service-{cluster}.{team}.{name}", _service(settings, team, name, service, callers), options)
            if callers:
                ServiceCallers(
                    f"callers-{cluster}.{team}.{name}",
                    ServiceCallersArgs(
                        service=name,
                        namespace=team,
                        selector=service.selector,
                        port=service.port,
                        callers=callers,
                        labels=labels.team(settings, team),
                    ),
                    options,
                )


def _called_teams(settings: Tenancy, cluster: str, team: str) -> list[str]:
    """The teams of a cluster with a service that lists a team as caller."""
    return sorted(
        other
        for other in settings.teams_in(cluster)
        if any(team in service.callers for service in settings.teams[other].services.values())
    )


def _service(settings: Tenancy, team: str, name: str, service: ServiceSettings, callers: list[str]) -> TeamServiceArgs:
    rate = service.rate_limit
    return TeamServiceArgs(
        service=name,
        namespace=team,
        selector=service.selector,
        callers=callers,
        traffic=TrafficArgs(
            timeout_seconds=service.timeout_seconds,
            retries=service.retries,
            idempotent=service.idempotent,
            max_requests=service.max_requests,
        ),
        rate=None if rate is None else (rate.requests_per_second, rate.burst),
        fault=None if service.fault is None else _fault(service.fault),
        labels=labels.team(settings, team),
    )


def _fault(fault: Fault) -> FaultArgs:
    return FaultArgs(
        abort_percent=fault.abort_percent,
        http_status=fault.http_status,
        delay_percent=fault.delay_percent,
        delay_ms=fault.delay_ms,
        until=date.fromisoformat(fault.until),
        reason=fault.reason,
    )


def gateway_ingress(
    settings: Settings,
    *,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
    kubeflow: dict[str, Kubeflow],
) -> None:
    """Ports that the gateway's load balancer may reach without mutual TLS, in each cluster behind it."""
    gateway = settings.gateway
    if gateway is None:
        return
    for cluster in gateway.weights:
        for key, service in gateway.services.items():
            MeshIngress(
                f"mesh-ingress-{cluster}.{key}",
                MeshIngressArgs(
                    object_name=f"gateway-{key}",
                    namespace=service.namespace,
                    selector=service.selector,
                    port=service.port,
                    ports=_ports(gateway, service),
                    proxies=[str(subnet.cidr) for subnet in settings.network.proxy_subnets.values()],
                    labels=labels.team(settings, service.namespace),
                ),
                pulumi.ResourceOptions(
                    provider=kubernetes[cluster],
                    depends_on=[namespaces[cluster, service.namespace], kubeflow[cluster]],
                ),
            )


def _ports(gateway: Gateway, service: GatewayService) -> list[int]:
    """The ports of all services of the gateway whose selector can match the same pods."""
    own = service.selector
    return sorted(
        {
            other.port
            for other in gateway.services.values()
            if other.namespace == service.namespace
            and all(own[label] == other.selector[label] for label in own.keys() & other.selector.keys())
        }
    )
