"""Groups of people and the teams that they form."""

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
    """A group of people. People are never named: who joins and leaves is the directory's business."""

    email: GroupEmail
    project_roles: RoleGrants = Field(
        default_factory=list, description="roles on the service project, for what no single resource can grant"
    )


class Membership(StrEnum):
    """What a group may do in the namespaces of a team: look, run things, or run services too."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"


class Quota(Section):
    """What a team's workloads are promised in each of its clusters."""

    cpu: Annotated[int, Field(ge=1, le=100_000)] = Field(
        description="cores that its queue always lets pods request; those of all teams are not summed up"
    )
    memory_gib: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        description="memory that its queue always lets pods request; that of all teams is not summed up"
    )
    gpus: dict[Key, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default_factory=dict,
        description="GPUs as pods count them, by pool or compute class; what others leave idle can be borrowed, and "
        "of a pool with 0 nothing but that",
    )
    storage_gib: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=1000, description="disks that the team's claims may ask for, mounts and notebooks aside"
    )
    claims: Annotated[int, Field(ge=0, le=10_000)] = Field(
        default=50, description="claims that the team may make, mounts and notebooks aside"
    )
    pods: Annotated[int, Field(ge=1, le=100_000)] = Field(default=500, description="pods that there may be at once")


class Limits(Section):
    """What a container asks for that does not say it, and the most that one may ask for."""

    cpu_millis: Annotated[int, Field(ge=10, le=64_000)] = Field(
        default=250, description="thousandths of a core that a container gets which asks for none"
    )
    memory_mib: Annotated[int, Field(ge=16, le=1_048_576)] = Field(
        default=512, description="memory that a container gets which asks for none"
    )
    max_cpu: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="most cores of one container; null sets no other limit than the quota"
    )
    max_memory_gib: Annotated[int, Field(ge=1, le=32_768)] | None = Field(
        default=None, description="most memory of one container; null sets no other limit than the quota"
    )


class Notebooks(Section):
    """Notebook servers that a team may run in each of its clusters."""

    max: Annotated[int, Field(ge=1, le=1000)] = Field(description="servers that there may be at once")
    storage_gib: Annotated[int, Field(ge=1, le=65_536)] = Field(
        default=50, description="disk that each server may have, beside the quota"
    )


class Models(Section):
    """Models that a team may serve in each of its clusters."""

    max: Annotated[int, Field(ge=1, le=1000)] = Field(description="served models that there may be at once")
    bucket: Key = Field(description="where released models lie; the team can read it")


class TeamRepository(Section):
    """The repository on GitHub whose jobs deploy for a team: by themselves, into its namespaces and no other."""

    name: Repository
    branch: Branch | None = Field(default=None, description="the branch whose jobs are meant")
    environment: GithubEnvironment | None = Field(
        default=None, description="the environment whose jobs are meant, for what must be approved first"
    )
    push: Annotated[list[Key], Distinct()] = Field(
        default_factory=list, description="registries that the jobs push images and packages to"
    )

    @property
    def deployer(self) -> Deployer:
        """The same jobs, as those of a deployer."""
        return Deployer(repository=self.name, branch=self.branch, environment=self.environment)


def repository_account_id(team: str) -> str:
    """The id of the account that jobs of a team's repository act as."""
    return f"cd-{team}"


class Team(Section):
    """A team: who pays, who answers, who belongs to it, where it works and on what."""

    cost_center: LabelValue
    owner: LabelValue = Field(description="who answers for the team's resources, as a label value")
    members: Annotated[dict[Key, Annotated[Membership, Choice]], Field(min_length=1)] = Field(
        description="what people may do in the team's namespaces, by group: viewer, member or admin"
    )
    clusters: Annotated[list[Key], Field(min_length=1), Distinct()] = Field(
        description="clusters with a namespace of the team"
    )
    quota: Quota
    queue: Queue = Field(default_factory=Queue)
    limits: Limits = Field(default_factory=Limits)
    data: dict[Key, DataGrant] = Field(
        default_factory=dict, description="what the team may do with data, by bucket; each is mounted too"
    )
    notebooks: Notebooks | None = Field(default=None, description="null lets the team run none")
    models: Models | None = Field(default=None, description="null lets the team serve none")
    repository: TeamRepository | None = None
    services: dict[ServiceName, TeamService] = Field(
        default_factory=dict, description="services of Kubernetes in the team's namespace, by name"
    )
    monthly_budget: Annotated[int, Field(ge=1, le=100_000_000)]
    pod_security: PodSecurity | None = Field(
        default=None, description="an exception from the profile restricted; without it pods meet that profile"
    )
    egress: Annotated[list[Key], Distinct()] = Field(
        default_factory=list, description="what of network.egress.allow the team's pods may reach; else nothing outside"
    )


class Ownership(Section):
    """Who answers for what no team owns: the network, the clusters, the system pools."""

    team: LabelValue = "platform"
    cost_center: LabelValue
    owner: LabelValue
    monthly_budget: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        description="what everything that no team owns may cost in a calendar month, shared GPUs included"
    )
