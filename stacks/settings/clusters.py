"""Clusters and the GPU pools that belong to them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.settings.addresses import ControlPlaneCidr
from stacks.settings.lists import Distinct
from stacks.settings.schedules import Instant, Recurrence
from stacks.settings.shapes import Key, MachineType, Region, Section, Zone

Zones = Annotated[list[Zone], Field(min_length=1), Distinct()]
Nodes = Annotated[int, Field(ge=1, le=1000)]
Gpus = Annotated[int, Field(ge=1, le=16)]
Choice = Field(strict=False)  # YAML has no enumerations: a choice arrives as text


class ReleaseChannel(StrEnum):
    """GKE's release channels; UNSPECIFIED is left out because it means that nobody upgrades the cluster."""

    RAPID = "RAPID"
    REGULAR = "REGULAR"
    STABLE = "STABLE"
    EXTENDED = "EXTENDED"


class Capacity(StrEnum):
    """How a pool's machines are bought."""

    SPOT = "spot"
    ON_DEMAND = "on-demand"


class ClusterDns(StrEnum):
    """Who answers for the names of services: pods of the cluster, or Cloud DNS for the cluster or the whole network."""

    KUBE_DNS = "kube-dns"
    CLUSTER = "cluster"
    NETWORK = "network"


class Accelerator(StrEnum):
    """The GPU types the platform offers, by the name that Compute Engine gives them."""

    L4 = "nvidia-l4"
    A100_40GB = "nvidia-tesla-a100"
    A100_80GB = "nvidia-a100-80gb"
    H100_80GB = "nvidia-h100-80gb"
    H100_MEGA = "nvidia-h100-mega-80gb"
    H200 = "nvidia-h200-141gb"
    B200 = "nvidia-b200"
    RTX_PRO_6000 = "nvidia-rtx-pro-6000"


class SystemPool(Section):
    """The CPU pool that every cluster has: without it a cluster of GPU pools alone cannot run its own controllers."""

    machine_type: MachineType
    disk_gb: Annotated[int, Field(ge=30, le=65536)] = 100
    min_nodes: Nodes = Field(description="smallest number of nodes, over all zones")
    max_nodes: Nodes = Field(description="largest number of nodes, over all zones")


class Maintenance(Section):
    """When Google may maintain the cluster. Times are RFC 3339; only the time of day of `start` and `end` recurs."""

    start: Instant
    end: Instant
    recurrence: Recurrence


class Cluster(Section):
    """A regional cluster with private nodes, reached through its DNS endpoint only."""

    region: Region
    zones: Zones = Field(description="zones of the region that hold nodes")
    subnet: Key
    pod_range: Key = Field(default="pods", description="name of the subnet's secondary range for pods")
    service_range: Key = Field(default="services", description="name of the subnet's secondary range for services")
    control_plane_cidr: ControlPlaneCidr = Field(description="a /28 that nothing else uses")
    release_channel: Annotated[ReleaseChannel, Choice] = ReleaseChannel.REGULAR
    dns: Annotated[ClusterDns, Choice] = Field(
        default=ClusterDns.CLUSTER, description="who answers for the names of services"
    )
    maintenance: Maintenance
    system_pool: SystemPool
    deletion_protection: bool = Field(default=True, description="refuse to delete or replace the cluster")


class GpuPool(Section):
    """A pool of GPU machines that scales to zero."""

    cluster: Key
    accelerator: Annotated[Accelerator, Choice]
    accelerators_per_node: Gpus
    machine_type: MachineType
    capacity: Annotated[Capacity, Choice]
    zones: Zones = Field(description="zones that offer this GPU")
    max_nodes: Nodes = Field(description="largest number of nodes, over all zones")
    disk_gb: Annotated[int, Field(ge=50, le=65536)] = 200
