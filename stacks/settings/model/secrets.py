"""Secrets: their places and who may use them. Their values are in no file and in no state."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.schedules import Instant
from stacks.settings.core.types import Key, Region, Section
from stacks.settings.model.grants import AccessGrant


class Rotation(Section):
    """When somebody is told that it is time for a new version."""

    # https://cloud.google.com/secret-manager/docs/rotation-recommendations: from an hour to a hundred years
    days: Annotated[int, Field(ge=1, le=3650)] = Field(description="days between two messages")
    first: Instant = Field(description="when the first message is sent")


class Secret(Section):
    """One secret. `read` reads its value; `write` adds versions and reads none."""

    team: Key = Field(description="the team that owns the secret")
    regions: Annotated[list[Region], Distinct()] = Field(
        default_factory=list, description="regions that hold the value; none is the region of the stack"
    )
    destroy_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=30, description="days for which a destroyed version can be brought back"
    )
    rotation: Rotation | None = None
    groups: dict[Key, AccessGrant] = Field(default_factory=dict, description="what people may do, by group")
    workloads: dict[Key, AccessGrant] = Field(
        default_factory=dict, description="what a team's jobs, notebooks and endpoints may do, by team"
    )
