"""Groups of people, and teams."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Choice, GroupEmail, Key, LabelValue, Section
from stacks.settings.model.grants import DataGrant, RoleGrants
from stacks.settings.model.identity import Branch, Deployer, GithubEnvironment, Repository
from stacks.settings.model.mesh import ServiceName, TeamService
from stacks.settings.model.pod_security import PodSecurity
from stacks.settings.model.queueing import Queue


class Group(Section):
    """A group of people in the directory, which manages its members."""

    email: GroupEmail
    project_roles: RoleGrants = Field(
        default_factory=list, description="roles on the service project, where no single resource can grant access"
    )


class Membership(StrEnum):
    """Access of a group in the namespaces of a team: read, run workloads, or also manage services."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"


class Quota(Section):
    """The nominal quota of a team in each of its clusters."""

    cpu: Annotated[int, Field(ge=1, le=100_000)] = Field(
        description="cores that the team's pods can always request; the sum over all teams is not checked"
    )
    memory_gib: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        description="memory that the team's pods can always request; the sum over all teams is not checked"
    )
    gpus: dict[Key, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default_factory=dict,
        description="GPUs as pods count them, by pool or compute class; the team can also borrow idle quota, and "
        "with 0 nothing else",
    )
    storage_gib: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=1000, description="total size of the team's claims, without mounts and notebooks"
    )
    claims: Annotated[int, Field(ge=0, le=10_000)] = Field(
        default=50, description="maximum number of the team's claims, without mounts and notebooks"
    )
    pods: Annotated[int, Field(ge=1, le=100_000)] = Field(default=500, description="maximum number of pods")


class Limits(Section):
    """Default requests of a container, and maximum requests."""

    cpu_millis: Annotated[int, Field(ge=10, le=64_000)] = Field(
        default=250, description="default request of a container, in thousandths of a core"
    )
    memory_mib: Annotated[int, Field(ge=16, le=1_048_576)] = Field(
        default=512, description="default request of a container"
    )
    max_cpu: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="maximum cores of a container; null sets no limit other than the quota"
    )
    max_memory_gib: Annotated[int, Field(ge=1, le=32_768)] | None = Field(
        default=None, description="maximum memory of a container; null sets no limit other than the quota"
    )


class Notebooks(Section):
    """Notebook servers that a team may run in each of its clusters."""

    max: Annotated[int, Field(ge=1, le=1000)] = Field(description="maximum number of servers")
    storage_gib: Annotated[int, Field(ge=1, le=65_536)] = Field(
        default=50, description="disk of each server, in addition to the quota"
    )


class Models(Section):
    """Models that a team may serve in each of its clusters."""

    max: Annotated[int, Field(ge=1, le=1000)] = Field(description="maximum number of served models")
    bucket: Key = Field(description="bucket of released models, which the team can read")


class TeamRepository(Section):
    """The repository on GitHub whose jobs deploy into the team's namespaces."""

    name: Repository
    branch: Branch | None = Field(default=None, description="the branch of the jobs")
    environment: GithubEnvironment | None = Field(
        default=None, description="the environment of the jobs, for deployments that need an approval"
    )
    push: Annotated[list[Key], Distinct()] = Field(
        default_factory=list, description="registries that the jobs push images and packages to"
    )

    @property
    def deployer(self) -> Deployer:
        """The same jobs as a deployer."""
        return Deployer(repository=self.name, branch=self.branch, environment=self.environment)


def repository_account_id(team: str) -> str:
    """The id of the account that jobs of a team's repository act as."""
    return f"cd-{team}"


class Team(Section):
    """A team: its owner and cost center, members, clusters, quota and data."""

    cost_center: LabelValue
    owner: LabelValue = Field(description="the owner of the team's resources, as a label value")
    members: Annotated[dict[Key, Annotated[Membership, Choice]], Field(min_length=1)] = Field(
        description="access of people to the team's namespaces, by group: viewer, member or admin"
    )
    clusters: Annotated[list[Key], Field(min_length=1), Distinct()] = Field(
        description="clusters with a namespace of the team"
    )
    quota: Quota
    queue: Queue = Field(default_factory=Queue)
    limits: Limits = Field(default_factory=Limits)
    data: dict[Key, DataGrant] = Field(
        default_factory=dict, description="the team's access to data, by bucket; each bucket is mounted too"
    )
    notebooks: Notebooks | None = Field(default=None, description="notebook servers; null allows none")
    models: Models | None = Field(default=None, description="served models; null allows none")
    repository: TeamRepository | None = None
    services: dict[ServiceName, TeamService] = Field(
        default_factory=dict, description="Kubernetes services in the team's namespace, by name"
    )
    monthly_budget: Annotated[int, Field(ge=1, le=100_000_000)]
    pod_security: PodSecurity | None = Field(
        default=None, description="an exception from the Pod Security profile restricted"
    )
    egress: Annotated[list[Key], Distinct()] = Field(
        default_factory=list,
        description="entries of network.egress.allow that the team's pods may reach; without one, nothing outside",
    )


class Ownership(Section):
    """The owner of resources without a team: the network, the clusters, the system pools."""

    team: LabelValue = "platform"
    cost_center: LabelValue
    owner: LabelValue
    monthly_budget: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        description="budget of all resources without a team for a calendar month, including shared GPUs"
    )
