"""The settings of a stack on clusters that are there already, such as one on a laptop: no cloud, the same teams."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Choice, Folder, Key, Section, shape
from stacks.settings.model.data_classes import DataClass
from stacks.settings.model.grants import Access
from stacks.settings.model.tenancy import Tenancy

LOCAL: Final = "local"  # the environment that makes a stack one of these

# https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig: any text names a context
Context = Annotated[str, shape(r"^[^\s]{1,253}$", "a context of the kubeconfig", "kind-groundwork")]

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
StorageClass = Annotated[
    str, shape(r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", "the name of a storage class", "standard")
]

# Every part has another character than a dot, so that none leads elsewhere.
NodeFolder = Annotated[
    str,
    shape(
        r"^(/\.*[A-Za-z0-9_-][A-Za-z0-9._-]*)+$",
        "a folder of the nodes from the root, without a slash at its end",
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
    """Where queues, training and the mesh come from: charts of this stack, somebody else's, or nowhere."""

    CHARTS = "charts"
    INSTALLED = "installed"
    NONE = "none"


class Platform(StrEnum):
    """Who made a cluster: it says where nodes keep network plugins, and on which port the API server listens.

    The values are those of Istio's charts, which know every one of them but `kind`, where plugins are where they look
    by themselves: https://github.com/istio/istio/tree/1.31.1/manifests/helm-profiles. What kubeadm makes is as kind's.
    """

    KIND = "kind"
    K3D = "k3d"
    K3S = "k3s"
    MICROK8S = "microk8s"
    MINIKUBE = "minikube"


class LocalCluster(Section):
    """A cluster that is there already, known by a context of the kubeconfig that `pulumi` finds."""

    context: Context | None = Field(
        default=None, description="context of the kubeconfig; null takes its current one, whichever that is"
    )
    platform: Annotated[Platform, Choice] = Field(
        default=Platform.KIND, description="who made the cluster; kind stands for Docker Desktop and kubeadm too"
    )


class LocalGpuPool(Section):
    """GPUs that a cluster happens to have, drivers and device plugin included."""

    clusters: Annotated[list[Key], Field(min_length=1), Distinct()]
    gpus: Annotated[int, Field(ge=1, le=1000)] = Field(
        description="nvidia.com/gpu that the nodes of each cluster offer together"
    )
    node_labels: dict[NodeLabel, NodeLabelValue] = Field(
        default_factory=dict, description="labels of those nodes; none where every node has the GPUs"
    )


class LocalBucket(Section):
    """What a bucket is where there are none: files on a volume."""

    data_class: Annotated[DataClass, Choice] | None = Field(default=None, description="what kind of data lies here")
    size_gib: Annotated[int, Field(ge=1, le=65_536)] = Field(
        default=10, description="what a storage class is asked for"
    )
    workloads: dict[Key, Annotated[Access, Choice]] = Field(
        default_factory=dict, description="what a team's jobs, notebooks and endpoints may do, by team"
    )


class LocalMount(Section):
    """A bucket as a folder: a claim in a team's namespace, named by the key of the entry, as in the cloud."""

    team: Key
    bucket: Key
    read_only: bool = True
    only_dir: Folder | None = Field(default=None, description="mount this folder of the bucket only")


class Volumes(Section):
    """What stands in place of buckets: a folder that every node has, or claims that a storage class fills."""

    folder: NodeFolder | None = Field(
        default=None, description="a folder on every node with a folder for each bucket in it, which teams share"
    )
    storage_class: StorageClass | None = Field(
        default=None, description="makes a volume for each mount; null is the default class of the cluster"
    )


class Local(Tenancy):
    """What ``Pulumi.<stack>.yaml`` says where its environment is ``local``.

    Groups and teams are written as in a cloud stack, budgets included, so that an entry can be taken from one to the
    other.
    """

    environment: Literal["local"]
    clusters: dict[Key, LocalCluster]
    operators: Annotated[Operators, Choice] = Field(
        default=Operators.CHARTS,
        description="whether this stack installs the operators, or finds them, or goes without",
    )
    volumes: Volumes = Field(default_factory=Volumes)
    gpu_pools: dict[Key, LocalGpuPool] = Field(default_factory=dict)
    buckets: dict[Key, LocalBucket] = Field(default_factory=dict)
    mounts: dict[Key, LocalMount] = Field(default_factory=dict)
