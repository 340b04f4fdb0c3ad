"""Settings of every stack, in a cloud or on a laptop: its owner, groups and teams."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.core.types import Environment, Key, Section
from stacks.settings.model.mesh import Mesh
from stacks.settings.model.queueing import PRIORITIES, Priority, Queueing
from stacks.settings.model.teams import Group, Ownership, Team


class Tenancy(Section):
    """The settings that do not need a cloud. Code that only reads these works on every cluster."""

    environment: Environment
    ownership: Ownership
    groups: Annotated[dict[Key, Group], Field(min_length=1)]
    teams: dict[Key, Team]
    priorities: dict[Key, Priority] = Field(
        default_factory=lambda: dict(PRIORITIES), description="all priorities of workloads; replaces the defaults"
    )
    queueing: Queueing = Field(default_factory=Queueing)
    mesh: Mesh = Field(default_factory=Mesh)
