"""The mesh between the pods of teams, and the way into it."""

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
from stacks.settings import Local, Settings
from stacks.settings.model.gateway import Gateway, GatewayService
from stacks.settings.model.local import Operators
from stacks.settings.model.mesh import Fault
from stacks.settings.model.mesh import TeamService as ServiceSettings


def covers(settings: Settings | Local) -> bool:
    """Whether clusters of the stack have a mesh: one without operators has none."""
    return isinstance(settings, Settings) or settings.operators is not Operators.NONE


def mesh(
    settings: Settings | Local,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
    kubeflow: dict[str, Kubeflow],
) -> None:
    """The defaults of every team in each of its clusters, its services, and what of them is behind the gateway.

    They come after the operators where this stack installs them.
    """
    collectors = COLLECTORS["monitoring"] if isinstance(settings, Settings) else None  # elsewhere nobody collects
    for (cluster, team), namespace in namespaces.items():
        installed = [kubeflow[cluster]] if cluster in kubeflow else []
        defaults = TeamMesh(
            f"mesh-{cluster}.{team}",
            TeamMeshArgs(
                namespace=team,
                calls=_called(settings, cluster, team),
                labels=labels.team(settings, team),
                collectors=collectors,
            ),
            pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace, *installed]),
        )
        for name, service in settings.teams[team].services.items():
            callers = [caller for caller in service.callers if (cluster, caller) in namespaces]
            after = [defaults, *(namespaces[cluster, caller] for caller in callers)]
            one = pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=after)
            TeamService(f"service-{cluster}.{team}.{name}", _service(settings, team, name, service, callers), one)
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
                    one,
                )
    if isinstance(settings, Settings):
        _openings(settings, kubernetes, namespaces, kubeflow)


def _called(settings: Settings | Local, cluster: str, team: str) -> list[str]:
    """The teams of a cluster that let a team call one of their services."""
    return sorted(
        other
        for other, entry in settings.teams.items()
        if cluster in entry.clusters and any(team in service.callers for service in entry.services.values())
    )


def _service(
    settings: Settings | Local, team: str, name: str, service: ServiceSettings, callers: list[str]
) -> TeamServiceArgs:
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


def _openings(
    settings: Settings,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
    kubeflow: dict[str, Kubeflow],
) -> None:
    """What the gateway's load balancer reaches without TLS, in each cluster behind it."""
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
    """The ports of every service of the gateway whose labels a pod of this one may have too."""
    own = service.selector
    return sorted(
        {
            other.port
            for other in gateway.services.values()
            if other.namespace == service.namespace
            and all(own[label] == other.selector[label] for label in own.keys() & other.selector.keys())
        }
    )
