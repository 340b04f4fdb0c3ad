"""The multi-cluster gateway: its services, and the share of requests of each cluster."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Key, Section, shape
from stacks.settings.model.egress import HostName, Port

# https://gateway-api.sigs.k8s.io/reference/spec/#httpbackendref
Weight = Annotated[int, Field(ge=0, le=1_000_000)]

ResourceName = Annotated[
    str,
    shape(
        r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", "the name of a resource: lower case, digits, hyphens, at most 63", "ml-eu"
    ),
]
LabelKey = Annotated[
    str,
    shape(r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$", "a label's key", "app"),
]
PodLabel = Annotated[
    str,
    shape(r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$", "a label's value", "isvc.parcels-predictor"),
]
HealthPath = Annotated[str, shape(r"^/[A-Za-z0-9._~/-]*$", "a path that begins with a slash", "/healthz")]


class GatewayKind(StrEnum):
    """Whether the gateway is accessible from the network and connected ones, or from the internet."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class GatewayService(Section):
    """Pods of one namespace that serve some host names, in every cluster that has a weight."""

    namespace: Key = Field(description="the team in whose namespace they run")
    hosts: Annotated[list[HostName], Field(min_length=1, max_length=16), Distinct()]
    selector: Annotated[dict[LabelKey, PodLabel], Field(min_length=1)] = Field(description="labels of the pods")
    port: Port = Field(description="TCP port on which the pods listen")
    health_path: HealthPath = Field(default="/", description="path that a healthy pod answers with 200")
    timeout_seconds: Annotated[int, Field(ge=1, le=86_400)] = Field(
        default=60, description="seconds after which a request times out"
    )


class Gateway(Section):
    """A multi-cluster gateway. Changing `weights` moves traffic from one cluster to another."""

    config_cluster: Key = Field(
        description="the cluster with the gateway's objects; it receives traffic only with a weight"
    )
    kind: Annotated[GatewayKind, Field(strict=False)] = GatewayKind.INTERNAL
    certificate: ResourceName = Field(
        description="internal: a regional SSL certificate of the service project; external: a certificate map"
    )
    address: ResourceName | None = Field(
        default=None, description="external: a reserved global address; internal: the stack reserves one itself"
    )
    weights: Annotated[dict[Key, Weight], Field(min_length=1)] = Field(
        description="share of requests by cluster; a cluster with 0 is ready but receives none"
    )
    services: Annotated[dict[Key, GatewayService], Field(min_length=1)]


def service_name(service: str, cluster: str) -> str:
    """The name of a service of the gateway in the fleet for one cluster."""
    return f"{service}-{cluster}"
