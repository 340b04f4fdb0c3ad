"""Clusters and the GPU pools that belong to them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from stacks.settings.shapes import Cidr, Key, MachineType, Region, Section, Zone

# https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips#cluster_sizing: the only size GKE takes
CONTROL_PLANE_PREFIX: Final = 28

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


class Accelerator(StrEnum):
    """The GPU types the platform offers, by the name that Compute Engine gives them."""

    L4 = "nvidia-l4"
    A100_40GB = "nvidia-tesla-a100"
    A100_80GB = "nvidia-a100-80gb"


# Each GPU type exists on one machine series only: https://cloud.google.com/compute/docs/gpus
SERIES: Final = {
    Accelerator.L4: "g2-",
    Accelerator.A100_40GB: "a2-highgpu-",
    Accelerator.A100_80GB: "a2-ultragpu-",
}


class SystemPool(Section):
    """The CPU pool that every cluster has: without it a cluster of GPU pools alone cannot run its own controllers."""

    machine_type: MachineType
    disk_gb: Annotated[int, Field(ge=30, le=65536)] = 100
    min_nodes: Annotated[int, Field(ge=1, le=1000)] = Field(description="smallest number of nodes, over all zones")
    max_nodes: Annotated[int, Field(ge=1, le=1000)] = Field(description="largest number of nodes, over all zones")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_nodes > self.max_nodes:
            raise ValueError(f"min_nodes {self.min_nodes} is above max_nodes {self.max_nodes}")
        return self


class Maintenance(Section):
    """When Google may maintain the cluster. Times are RFC 3339; only the time of day of `start` and `end` recurs."""

    start: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", examples=["2026-01-03T01:00:00Z"])]
    end: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", examples=["2026-01-03T07:00:00Z"])]
    recurrence: Annotated[str, Field(pattern=r"^FREQ=(DAILY|WEEKLY)(;.+)?$", examples=["FREQ=WEEKLY;BYDAY=SA,SU"])]


class Cluster(Section):
    """A regional cluster with private nodes, reached through its DNS endpoint only."""

    region: Region
    zones: Annotated[list[Zone], Field(min_length=1)] = Field(description="zones of the region that hold nodes")
    subnet: Key
    pod_range: Key = Field(default="pods", description="name of the subnet's secondary range for pods")
    service_range: Key = Field(default="services", description="name of the subnet's secondary range for services")
    control_plane_cidr: Cidr = Field(description="a /28 that nothing else uses")
    release_channel: Annotated[ReleaseChannel, Choice] = ReleaseChannel.REGULAR
    maintenance: Maintenance
    system_pool: SystemPool
    deletion_protection: bool = Field(default=True, description="refuse to delete or replace the cluster")

    @model_validator(mode="after")
    def _zones_lie_in_region(self) -> Self:
        stray = [zone for zone in self.zones if not zone.startswith(f"{self.region}-")]
        if stray:
            raise ValueError(f"zones {', '.join(stray)} do not lie in region {self.region}")
        if self.control_plane_cidr.prefixlen != CONTROL_PLANE_PREFIX:
            raise ValueError(f"control_plane_cidr {self.control_plane_cidr} must be a /28, the only size GKE takes")
        return self


class GpuPool(Section):
    """A pool of GPU machines that scales to zero."""

    cluster: Key
    accelerator: Annotated[Accelerator, Choice]
    accelerators_per_node: Annotated[int, Field(ge=1, le=16)]
    machine_type: MachineType
    capacity: Annotated[Capacity, Choice]
    zones: Annotated[list[Zone], Field(min_length=1)] = Field(description="zones that offer this GPU")
    max_nodes: Annotated[int, Field(ge=1, le=1000)] = Field(description="largest number of nodes, over all zones")
    disk_gb: Annotated[int, Field(ge=50, le=65536)] = 200

    @model_validator(mode="after")
    def _machine_carries_accelerator(self) -> Self:
        series = SERIES[self.accelerator]
        if not self.machine_type.startswith(series):
            raise ValueError(
                f"machine_type {self.machine_type} carries no {self.accelerator.value}; use a {series}* machine"
            )
        return self
