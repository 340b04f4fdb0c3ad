"""Groups of people and the teams that they form."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.shapes import GroupEmail, Key, LabelValue, Role, Section


class Group(Section):
    """A group of people. People are never named: who joins and leaves is the directory's business."""

    email: GroupEmail
    project_roles: list[Role] = Field(
        default_factory=list, description="roles on the service project, for what no single resource can grant"
    )


class Team(Section):
    """A team: who pays, who answers, and where it works."""

    cost_center: LabelValue
    owner: LabelValue = Field(description="who answers for the team's resources, as a label value")
    group: Key
    clusters: Annotated[list[Key], Field(min_length=1)] = Field(description="clusters with a namespace of the team")


class Ownership(Section):
    """Who answers for what no team owns: the network, the clusters, the system pools."""

    team: LabelValue = "platform"
    cost_center: LabelValue
    owner: LabelValue
