"""Clusters and what they may grow to."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.settings.core.addresses import ControlPlaneCidr
from stacks.settings.core.lists import Distinct
from stacks.settings.core.schedules import Instant, Recurrence
from stacks.settings.core.types import Choice, Key, MachineType, Region, Section, Zone, shape

Zones = Annotated[list[Zone], Field(min_length=1), Distinct()]
Nodes = Annotated[int, Field(ge=1, le=1000)]
Gpus = Annotated[int, Field(ge=1, le=16)]


class ReleaseChannel(StrEnum):
    """GKE's release channels; UNSPECIFIED is left out because it means that nobody upgrades the cluster."""

    RAPID = "RAPID"
    REGULAR = "REGULAR"
    STABLE = "STABLE"
    EXTENDED = "EXTENDED"


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


# As the key of a map, where a choice must be text.
AcceleratorName = Annotated[
    str,
    shape(f"^({'|'.join(accelerator.value for accelerator in Accelerator)})$", "a GPU type", Accelerator.L4.value),
]


class SystemPool(Section):
    """The CPU pool that every cluster has: without it a cluster of GPU pools alone cannot run its own controllers."""

    machine_type: MachineType
    disk_gb: Annotated[int, Field(ge=30, le=65536)] = 100
    min_nodes: Nodes = Field(description="smallest number of nodes, over all zones")
    max_nodes: Nodes = Field(description="largest number of nodes, over all zones")


class Profile(StrEnum):
    """How eagerly the autoscaler takes nodes away."""

    BALANCED = "balanced"
    OPTIMIZE_UTILIZATION = "optimize-utilization"


# https://cloud.google.com/kubernetes-engine/docs/how-to/node-auto-provisioning
class Autoprovisioning(Section):
    """Pools that the cluster makes for pods which fit no other. The limits hold for all of its pools together."""

    cpu: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        description="largest number of cores in the cluster, declared pools included"
    )
    memory_gib: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        description="most memory in the cluster, declared pools included"
    )
    gpus: dict[AcceleratorName, Annotated[int, Field(ge=1, le=100_000)]] = Field(
        default_factory=dict,
        description="largest number of GPUs in the cluster, by type; of a type that is not here no pool is made",
    )
    disk_gb: Annotated[int, Field(ge=30, le=65536)] = Field(default=100, description="boot disk of each node")
    profile: Annotated[Profile, Choice] = Profile.BALANCED


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
    fqdn_policies: bool = Field(
        default=False,
        # https://cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies#enable_fqdn_network_policy
        description="let teams reach hosts outside by name; a cluster that is there takes it once its DaemonSet "
        "anetd restarts, and switching it off again replaces the cluster",
    )
    maintenance: Maintenance
    system_pool: SystemPool
    autoprovisioning: Autoprovisioning | None = Field(
        default=None, description="let the cluster make pools of its own; without it no pool appears by itself"
    )
    deletion_protection: bool = Field(default=True, description="refuse to delete or replace the cluster")
