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
    """The mode of a registry: it stores what is pushed, caches another registry, or combines several."""

    STANDARD = "standard"
    REMOTE = "remote"
    VIRTUAL = "virtual"


class Format(StrEnum):
    """The format of the packages in a registry."""

    DOCKER = "docker"
    PYTHON = "python"


class Registry(Section):
    """One registry. Pushed images are scanned for vulnerabilities, and tags are immutable."""

    mode: Annotated[Mode, Choice] = Mode.STANDARD
    format: Annotated[Format, Choice] = Format.DOCKER
    team: Key | None = Field(default=None, description="the team that owns the registry; null for the platform")
    location: Region | None = Field(default=None, description="the region; null for that of the stack")
    upstream: Upstream | None = Field(default=None, description="the registry that a remote one caches")
    members: dict[Key, Annotated[int, Field(ge=1, le=1000)]] = Field(
        default_factory=dict,
        description="registries that a virtual one combines, with the priority of each, highest first",
    )
    cleanup_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=30, description="days after which an untagged or cached image is deleted"
    )
    groups: dict[Key, AccessGrant] = Field(default_factory=dict, description="access of people, by group")
    workloads: dict[Key, AccessGrant] = Field(default_factory=dict, description="access of a team's jobs, by team")
    deployers: Annotated[list[Key], Distinct()] = Field(
        default_factory=list, description="deployers whose jobs on GitHub Actions may push"
    )
