"""The settings of a stack on existing clusters, such as one on a laptop: no cloud, the same teams."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Choice, Folder, Key, Section, shape
from stacks.settings.model import team_data
from stacks.settings.model.data_classes import DataClass
from stacks.settings.model.grants import Access
from stacks.settings.model.mounts import Mount
from stacks.settings.model.queue_flavors import EXISTING, QueueFlavor
from stacks.settings.model.queueing import READY_MINUTES
from stacks.settings.model.teams import Team
from stacks.settings.model.tenancy import Tenancy

LOCAL: Final = "local"  # the environment of every such stack

# https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig: any text is a name
KubeContext = Annotated[str, shape(r"^[^\s]{1,253}$", "a context of the kubeconfig", "kind-groundwork")]

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
StorageClass = Annotated[
    str, shape(r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", "the name of a storage class", "standard")
]

# Every part has a character that is not a dot, so that no part is . or ..
NodeFolder = Annotated[
    str,
    shape(
        r"^(/\.*[A-Za-z0-9_-][A-Za-z0-9._-]*)+$",
        "an absolute path on the nodes, without a slash at its end",
        "/data/groundwork",
    ),
]

# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
NodeLabel = Annotated[
    str,
    shape(
        r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$",
        "a label of nodes",
        "nvidia.com/gpu.present",
    ),
]
NodeLabelValue = Annotated[
    str,
    shape(r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$", "the value of a label, in quotes", '"true"'),
]


class Operators(StrEnum):
    """Whether the operators of queues, training and the mesh are charts of this stack, already installed, or absent."""

    CHARTS = "charts"
    INSTALLED = "installed"
    NONE = "none"


class Platform(StrEnum):
    """The tool that created a cluster: it decides the folder of CNI plugins and the port of the API server.

    The values are those of Istio's charts, except for `kind`, whose plugins are in the default folder:
    https://github.com/istio/istio/tree/1.31.1/manifests/helm-profiles. Clusters of kubeadm are like those of kind.
    """

    KIND = "kind"
    K3D = "k3d"
    K3S = "k3s"
    MICROK8S = "microk8s"
    MINIKUBE = "minikube"


class LocalCluster(Section):
    """An existing cluster, by a context of the kubeconfig that `pulumi` uses."""

    context: KubeContext | None = Field(
        default=None, description="context of the kubeconfig; null uses the current one"
    )
    platform: Annotated[Platform, Choice] = Field(
        default=Platform.KIND,
        description="the tool that created the cluster; kind also for Docker Desktop and kubeadm",
    )


class LocalGpuPool(Section):
    """GPUs of existing nodes, with drivers and device plugin installed."""

    clusters: Annotated[list[Key], Field(min_length=1), Distinct()]
    gpus: Annotated[int, Field(ge=1, le=1000)] = Field(description="total nvidia.com/gpu of the nodes of each cluster")
    node_labels: dict[NodeLabel, NodeLabelValue] = Field(
        default_factory=dict, description="labels of the nodes with the GPUs; none selects every node"
    )


class LocalBucket(Section):
    """The local equivalent of a bucket: files on a volume."""

    data_class: Annotated[DataClass, Choice] | None = Field(default=None, description="the class of the data")
    size_gib: Annotated[int, Field(ge=1, le=65_536)] = Field(
        default=10, description="size of the volumes of a storage class"
    )
    workloads: dict[Key, Annotated[Access, Choice]] = Field(
        default_factory=dict, description="access of a team's jobs, notebooks and endpoints, by team"
    )


class LocalMount(Section):
    """A bucket as a folder: a claim in a team's namespace, named by the key of the entry, as in the cloud."""

    team: Key
    bucket: Key
    read_only: bool = True
    only_dir: Folder | None = Field(default=None, description="mount this folder of the bucket only")


class Volumes(Section):
    """The volumes in place of buckets: a folder on every node, or volumes that a storage class creates."""

    folder: NodeFolder | None = Field(
        default=None, description="a folder on every node, with a folder for each bucket that teams share"
    )
    storage_class: StorageClass | None = Field(
        default=None,
        description="the class that creates a volume for each mount; null is the default class of the cluster",
    )


class Local(Tenancy):
    """The settings in a ``Pulumi.<stack>.yaml`` whose environment is ``local``.

    Groups and teams have the same form as in a cloud stack, including budgets, so that entries can be copied.
    """

    environment: Literal["local"]
    clusters: dict[Key, LocalCluster]
    operators: Annotated[Operators, Choice] = Field(
        default=Operators.CHARTS,
        description="charts: this stack installs the operators; installed: they exist already; none: there are none",
    )
    volumes: Volumes = Field(default_factory=Volumes)
    gpu_pools: dict[Key, LocalGpuPool] = Field(default_factory=dict)
    buckets: dict[Key, LocalBucket] = Field(default_factory=dict)
    mounts: dict[Key, LocalMount] = Field(default_factory=dict)

    @property
    def has_operators(self) -> bool:
        """Installed by this stack or found in the clusters."""
        return self.operators is not Operators.NONE

    @property
    def has_managed_prometheus(self) -> bool:
        """It is a service of Google Cloud."""
        return False

    @property
    def has_several_nodes(self) -> bool:
        """A laptop has one node."""
        return False

    def node_platform(self, cluster: str) -> str | None:
        """The name of the platform, which determines the folder of network plugins; kind uses the charts' default."""
        platform = self.clusters[cluster].platform
        return None if platform is Platform.KIND else platform.value

    def all_mounts(self) -> dict[str, LocalMount]:
        """Every mount by name: those of the section `mounts`, and one for each other bucket of a team."""
        return mounts(self.teams, self.buckets, self.mounts)

    def fuse_mounts(self) -> dict[str, Mount]:
        """Volumes need no driver."""
        return {}

    def provided_claims(self, team: str, bucket_claim_gib: int) -> list[int]:  # noqa: ARG002
        """Sizes in GiB of the volumes that replace buckets."""
        return [self.buckets[mount.bucket].size_gib for mount in self.all_mounts().values() if mount.team == team]

    def models_root(self, team: str, bucket: str) -> str:
        """The claim of the volume that replaces the bucket."""
        claims = (
            team_data.claim(key)
            for key, mount in sorted(self.all_mounts().items())
            if (mount.team, mount.bucket) == (team, bucket)
        )
        return f"pvc://{next(claims)}"

    def repository_account(self, team: str) -> str | None:  # noqa: ARG002
        """Accounts of repositories are in the cloud."""
        return None

    def queue_flavors(self, cluster: str) -> dict[str, QueueFlavor]:
        """The GPUs that the cluster has, by key."""
        return {
            key: QueueFlavor(EXISTING, gpus=pool.gpus, node_labels=pool.node_labels)
            for key, pool in sorted(self.gpu_pools.items())
            if cluster in pool.clusters
        }

    def ready_minutes(self, cluster: str) -> int:  # noqa: ARG002
        """The setting, or the time that pulling large images takes."""
        return READY_MINUTES if self.queueing.ready_minutes is None else self.queueing.ready_minutes


def granted(teams: Mapping[str, Team], key: str, bucket: LocalBucket, team: str) -> Access | None:
    """The access of a team's workloads to a bucket, from the entry of the bucket or of the team."""
    if (access := bucket.workloads.get(team)) is not None:
        return access
    terms = teams[team].data.get(key) if team in teams else None
    return None if terms is None else terms.access


def mounts(
    teams: Mapping[str, Team], buckets: Mapping[str, LocalBucket], listed: Mapping[str, LocalMount]
) -> dict[str, LocalMount]:
    """Every mount of a local stack by name, as `team_data.mounts` for the cloud."""
    return {
        **listed,
        **{
            # Not validated: an invalid key is reported for its own entry.
            name: LocalMount.model_construct(team=team, bucket=key, read_only=terms.access is Access.READ)
            for name, team, key, terms in team_data.unlisted(teams, buckets, listed)
        },
    }
