"""The shared VPC: its ranges are written out, never derived from the position of an entry."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.core.addresses import Cidr, ProxyCidr, SubnetCidr
from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Key, ProjectId, ProjectNumber, Region, Section
from stacks.settings.model.egress import Egress, GoogleApis


class Projects(Section):
    """The two projects of a shared VPC: the host owns the network, the service project owns the workloads."""

    host: ProjectId
    service: ProjectId
    service_number: ProjectNumber = Field(
        description="the service project's number; its service agents are named by it"
    )


class Subnet(Section):
    """One subnet with its secondary ranges; the keys of `secondary` name the ranges in the cloud."""

    region: Region
    cidr: SubnetCidr
    secondary: dict[Key, SubnetCidr] = Field(default_factory=dict, description="pod and service ranges, by name")


class ProxySubnet(Section):
    """Where the load balancers of a region have their proxies; a network has one in each region."""

    region: Region
    cidr: ProxyCidr


class Network(Section):
    """The network in the host project."""

    name: Key
    subnets: Annotated[dict[Key, Subnet], Field(min_length=1)]
    private_services: Cidr = Field(description="range reserved for Google-managed services such as Cloud SQL")
    webhook_ports: Annotated[list[Annotated[int, Field(ge=1, le=65535)]], Field(min_length=1), Distinct()] = Field(
        description="TCP ports on which admission webhooks in the clusters listen for the control plane"
    )
    nat_ports_per_vm: Annotated[int, Field(ge=32, le=65536)] = Field(
        default=256, description="smallest number of NAT ports a node gets; it grows with demand"
    )
    flow_log_sampling: Annotated[float, Field(ge=0.0, le=1.0)] = Field(
        default=0.1, description="share of flows that is logged; logs are billed by volume"
    )
    proxy_subnets: dict[Key, ProxySubnet] = Field(
        default_factory=dict, description="ranges from which internal load balancers speak to pods"
    )
    google_apis: Annotated[GoogleApis, Field(strict=False)] = Field(
        default=GoogleApis.PUBLIC,
        description="addresses behind which the network finds Google's APIs; pods of teams need private or restricted",
    )
    dns_query_logs: bool = Field(default=False, description="log every name that is looked up; billed by volume")
    egress: Egress = Field(default_factory=Egress)
