"""The shared VPC, whose ranges are all explicit."""

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
        description="the service project's number, which is part of the names of its service agents"
    )


class Subnet(Section):
    """One subnet with its secondary ranges; the keys of `secondary` name the ranges in the cloud."""

    region: Region
    cidr: SubnetCidr
    secondary: dict[Key, SubnetCidr] = Field(default_factory=dict, description="pod and service ranges, by name")


class ProxySubnet(Section):
    """The proxy-only subnet of a region, for its load balancers; a network has at most one in each region."""

    region: Region
    cidr: ProxyCidr


class Network(Section):
    """The network in the host project."""

    name: Key
    subnets: Annotated[dict[Key, Subnet], Field(min_length=1)]
    private_services: Cidr = Field(description="range reserved for Google-managed services such as Cloud SQL")
    webhook_ports: Annotated[list[Annotated[int, Field(ge=1, le=65535)]], Field(min_length=1), Distinct()] = Field(
        description="TCP ports of admission webhooks, which control planes call"
    )
    nat_ports_per_vm: Annotated[int, Field(ge=32, le=65536)] = Field(
        default=256, description="minimum number of NAT ports of a node; it grows with demand"
    )
    flow_log_sampling: Annotated[float, Field(ge=0.0, le=1.0)] = Field(
        default=0.1, description="share of flows in the log, from 0 to 1; logs are billed by volume"
    )
    proxy_subnets: dict[Key, ProxySubnet] = Field(
        default_factory=dict, description="proxy-only subnets, from which internal load balancers connect to pods"
    )
    google_apis: Annotated[GoogleApis, Field(strict=False)] = Field(
        default=GoogleApis.PUBLIC,
        description="addresses by which the network reaches Google's APIs; pods of teams need private or restricted",
    )
    dns_query_logs: bool = Field(default=False, description="log every DNS query; billed by volume")
    egress: Egress = Field(default_factory=Egress)
