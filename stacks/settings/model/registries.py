"""Registries of images and packages."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Choice, Key, Region, Section, shape
from stacks.settings.model.grants import AccessGrant

# https://cloud.google.com/artifact-registry/docs/repositories/remote-overview: presets by name, others by address
Upstream = Annotated[
    str,
    shape(
        r"^(docker-hub|pypi|https://[a-z0-9.-]+(/[A-Za-z0-9._-]+)*)$",
        "docker-hub, pypi or an https address without a slash at its end",
        "https://ghcr.io",
    ),
]


class Mode(StrEnum):
    """What a registry does: it holds what is pushed, caches another one, or shows several as one."""

    STANDARD = "standard"
    REMOTE = "remote"
    VIRTUAL = "virtual"


class Format(StrEnum):
    """What is in a registry."""

    DOCKER = "docker"
    PYTHON = "python"


class Registry(Section):
    """One registry. What is pushed is scanned for vulnerabilities, and a tag that was pushed once never moves."""

    mode: Annotated[Mode, Choice] = Mode.STANDARD
    format: Annotated[Format, Choice] = Format.DOCKER
    team: Key | None = Field(default=None, description="the team that owns it; none is the platform")
    location: Region | None = Field(default=None, description="where it lies; none is the region of the stack")
    upstream: Upstream | None = Field(default=None, description="what a remote registry caches")
    members: dict[Key, Annotated[int, Field(ge=1, le=1000)]] = Field(
        default_factory=dict, description="what a virtual registry shows, with the priority of each, highest first"
    )
    cleanup_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=30, description="days after which an image without a tag is deleted, or what was cached"
    )
    groups: dict[Key, AccessGrant] = Field(default_factory=dict, description="what people may do, by group")
    workloads: dict[Key, AccessGrant] = Field(default_factory=dict, description="what a team's jobs may do, by team")
    deployers: Annotated[list[Key], Distinct()] = Field(
        default_factory=list, description="jobs of GitHub Actions that may push"
    )
