"""Groups of people and the teams that they form."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.grants import RoleGrants
from stacks.settings.lists import Distinct
from stacks.settings.mesh import ServiceName, TeamService
from stacks.settings.shapes import GroupEmail, Key, LabelValue, Section


class Group(Section):
    """A group of people. People are never named: who joins and leaves is the directory's business."""

    email: GroupEmail
    project_roles: RoleGrants = Field(
        default_factory=list, description="roles on the service project, for what no single resource can grant"
    )


class Quota(Section):
    """What a team's workloads may use at once in each of its clusters."""

    cpu: Annotated[int, Field(ge=1, le=100_000)] = Field(description="cores that pods may request")
    memory_gib: Annotated[int, Field(ge=1, le=1_000_000)] = Field(description="memory that pods may request")
    gpus: dict[Key, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default_factory=dict,
        description="GPUs as pods count them, by pool or compute class; what others leave idle can be borrowed",
    )


class Team(Section):
    """A team: who pays, who answers, and where it works."""

    cost_center: LabelValue
    owner: LabelValue = Field(description="who answers for the team's resources, as a label value")
    group: Key
    clusters: Annotated[list[Key], Field(min_length=1), Distinct()] = Field(
        description="clusters with a namespace of the team"
    )
    quota: Quota
    services: dict[ServiceName, TeamService] = Field(
        default_factory=dict, description="services of Kubernetes in the team's namespace, by name"
    )
    monthly_budget: Annotated[int, Field(ge=1, le=100_000_000)]


class Ownership(Section):
    """Who answers for what no team owns: the network, the clusters, the system pools."""

    team: LabelValue = "platform"
    cost_center: LabelValue
    owner: LabelValue
    monthly_budget: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        description="what everything that no team owns may cost in a calendar month, shared GPUs included"
    )
