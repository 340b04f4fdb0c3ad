"""Secrets: their regions and the access to them. Their values are neither in files nor in the state."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.schedules import Instant
from stacks.settings.core.types import Key, Region, Section
from stacks.settings.model.grants import AccessGrant


class Rotation(Section):
    """Reminders to add a new version."""

    # https://cloud.google.com/secret-manager/docs/rotation-recommendations: from an hour to a hundred years
    days: Annotated[int, Field(ge=1, le=3650)] = Field(description="days between two reminders")
    first: Instant = Field(description="time of the first reminder")


class Secret(Section):
    """One secret. `read` reads its value; `write` adds versions but does not read them."""

    team: Key = Field(description="the team that owns the secret")
    regions: Annotated[list[Region], Distinct()] = Field(
        default_factory=list, description="regions that store the value; without one, the region of the stack"
    )
    destroy_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=30, description="days for which a destroyed version can be restored"
    )
    rotation: Rotation | None = None
    groups: dict[Key, AccessGrant] = Field(default_factory=dict, description="access of people, by group")
    workloads: dict[Key, AccessGrant] = Field(
        default_factory=dict, description="access of a team's jobs, notebooks and endpoints, by team"
    )
