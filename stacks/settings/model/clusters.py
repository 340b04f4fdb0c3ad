"""Clusters, their system pool and their auto-provisioning."""

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
    """GKE's release channels; UNSPECIFIED is omitted because it disables automatic upgrades."""

    RAPID = "RAPID"
    REGULAR = "REGULAR"
    STABLE = "STABLE"
    EXTENDED = "EXTENDED"


class ClusterDns(StrEnum):
    """DNS of services: pods of the cluster, or Cloud DNS with the scope of the cluster or of the network."""

    KUBE_DNS = "kube-dns"
    CLUSTER = "cluster"
    NETWORK = "network"


class Accelerator(StrEnum):
    """The GPU types of the platform, by their names in Compute Engine."""

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
    """The CPU pool that every cluster has, for controllers and everything else without a GPU."""

    machine_type: MachineType
    disk_gb: Annotated[int, Field(ge=30, le=65536)] = 100
    min_nodes: Nodes = Field(description="minimum number of nodes, over all zones")
    max_nodes: Nodes = Field(description="maximum number of nodes, over all zones")


class Profile(StrEnum):
    """How early the autoscaler removes underused nodes."""

    BALANCED = "balanced"
    OPTIMIZE_UTILIZATION = "optimize-utilization"


# https://cloud.google.com/kubernetes-engine/docs/how-to/node-auto-provisioning
class Autoprovisioning(Section):
    """Node auto-provisioning: creates pools for pods that fit no declared one. Limits are for all pools in total."""

    cpu: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        description="maximum number of cores in the cluster, including declared pools"
    )
    memory_gib: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        description="maximum memory in the cluster, including declared pools"
    )
    gpus: dict[AcceleratorName, Annotated[int, Field(ge=1, le=100_000)]] = Field(
        default_factory=dict,
        description="maximum number of GPUs in the cluster, by type; no pools are created for other types",
    )
    disk_gb: Annotated[int, Field(ge=30, le=65536)] = Field(default=100, description="size of each node's boot disk")
    profile: Annotated[Profile, Choice] = Profile.BALANCED


class Maintenance(Section):
    """The maintenance window. Times are RFC 3339; only the time of day of `start` and `end` recurs."""

    start: Instant
    end: Instant
    recurrence: Recurrence


class Cluster(Section):
    """A regional cluster with private nodes, accessible through its DNS endpoint only."""

    region: Region
    zones: Zones = Field(description="zones of the nodes, in the region")
    subnet: Key
    pod_range: Key = Field(default="pods", description="name of the subnet's secondary range for pods")
    service_range: Key = Field(default="services", description="name of the subnet's secondary range for services")
    control_plane_cidr: ControlPlaneCidr = Field(description="a /28 that no other range overlaps")
    release_channel: Annotated[ReleaseChannel, Choice] = ReleaseChannel.REGULAR
    dns: Annotated[ClusterDns, Choice] = Field(
        default=ClusterDns.CLUSTER,
        description="the DNS of services: kube-dns, or Cloud DNS with the scope of the cluster or the network",
    )
    fqdn_policies: bool = Field(
        default=False,
        # https://cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies#enable_fqdn_network_policy
        description="support host names in network policies; an existing cluster needs a restart of its DaemonSet "
        "anetd, and disabling it again replaces the cluster",
    )
    maintenance: Maintenance
    system_pool: SystemPool
    autoprovisioning: Autoprovisioning | None = Field(
        default=None, description="let the cluster create pools automatically; null disables it"
    )
    deletion_protection: bool = Field(default=True, description="refuse to delete or replace the cluster")
