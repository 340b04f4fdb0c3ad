"""Settings of every stack, in a cloud or on a laptop: its owner, groups and teams."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from stacks.settings.core.types import Environment, Key, Section
from stacks.settings.model import team_data
from stacks.settings.model.mesh import Mesh
from stacks.settings.model.mounts import Mount
from stacks.settings.model.queue_flavors import QueueFlavor, Share, Shares
from stacks.settings.model.queueing import PRIORITIES, Priority, Queueing
from stacks.settings.model.teams import Group, Ownership, Team


class Tenancy(Section):
    """Settings that need no cloud. Layers that take only these work on every cluster.

    The abstract methods answer what differs between a stack in the cloud and one on existing clusters.
    """

    environment: Environment
    ownership: Ownership
    groups: Annotated[dict[Key, Group], Field(min_length=1)]
    teams: dict[Key, Team]
    priorities: dict[Key, Priority] = Field(
        default_factory=lambda: dict(PRIORITIES), description="all priorities of workloads; replaces the defaults"
    )
    queueing: Queueing = Field(default_factory=Queueing)
    mesh: Mesh = Field(default_factory=Mesh)

    def teams_in(self, cluster: str) -> list[str]:
        """The teams with a namespace in a cluster."""
        return [name for name, team in self.teams.items() if cluster in team.clusters]

    def mounted_claims(self, team: str) -> list[str]:
        """The claims of a team's mounts, sorted."""
        return sorted(team_data.claim(key) for key, mount in self.all_mounts().items() if mount.team == team)

    def shares(self, cluster: str, team: str) -> Shares:
        """A team's nominal quota and limits in a cluster; GPUs of the flavors that the cluster has."""
        quota, queue = self.teams[team].quota, self.teams[team].queue
        borrowing, lending = queue.borrowing_limit, queue.lending_limit
        return Shares(
            cpu=Share(quota.cpu, borrowing.cpu, lending.cpu),
            memory_gib=Share(quota.memory_gib, borrowing.memory_gib, lending.memory_gib),
            gpus={
                flavor: Share(quota.gpus[flavor], borrowing.gpus.get(flavor), lending.gpus.get(flavor))
                for flavor in self.queue_flavors(cluster)
                if flavor in quota.gpus
            },
        )

    @property
    @abstractmethod
    def has_operators(self) -> bool:
        """Whether clusters have the operators: the mesh, queues, and controllers of notebooks and models."""

    @property
    @abstractmethod
    def has_managed_prometheus(self) -> bool:
        """Whether Google's managed collectors scrape the pods."""

    @property
    @abstractmethod
    def has_several_nodes(self) -> bool:
        """Whether a second replica can run on another node."""

    @abstractmethod
    def node_platform(self, cluster: str) -> str | None:
        """The value of `global.platform` in Istio's charts; None for the default."""

    @abstractmethod
    def all_mounts(self) -> Mapping[str, team_data.TeamMount]:
        """Every mount by name: those of the section `mounts`, and one for each other bucket of a team."""

    @abstractmethod
    def fuse_mounts(self) -> Mapping[str, Mount]:
        """The mounts that the Cloud Storage FUSE driver serves, with a sidecar container in each pod."""

    @abstractmethod
    def provided_claims(self, team: str, bucket_claim_gib: int) -> list[int]:
        """Sizes in GiB of the claims that the platform creates in a team's namespace.

        A bucket has no size: its claim requests `bucket_claim_gib`, which a ResourceQuota counts all the same.
        """

    @abstractmethod
    def models_root(self, team: str, bucket: str) -> str:
        """The URI under which inference endpoints find a team's models."""

    @abstractmethod
    def repository_account(self, team: str) -> str | None:
        """The e-mail address of the account of a team's repository; None where there is none."""

    @abstractmethod
    def queue_flavors(self, cluster: str) -> dict[str, QueueFlavor]:
        """The flavors of GPUs that queues of a cluster assign, cheapest GPU-hour first."""

    @abstractmethod
    def ready_minutes(self, cluster: str) -> int:
        """Minutes within which all pods of admitted work have to be ready."""
