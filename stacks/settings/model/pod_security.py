"""Exceptions from the Pod Security profile `restricted`, with a reason and an end.

Profiles: https://kubernetes.io/docs/concepts/security/pod-security-standards. Whether the last day has passed is not
checked here, as for grants, but by the rule `pod-security-exceptions` of the policy pack.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.settings.core.types import Choice, Section
from stacks.settings.model.grants import Day, Reason


class PodSecurityLevel(StrEnum):
    """The profile of an exception: HOST_IPC is `restricted` except for the host's IPC, which MPS needs."""

    HOST_IPC = "host-ipc"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


class PodSecurity(Section):
    """An exception for the pods of one team, in all of its clusters."""

    level: Annotated[PodSecurityLevel, Choice] = Field(
        description="host-ipc for pools with MPS, baseline for images that run as root, privileged to own the node"
    )
    reason: Reason = Field(description="why the team needs the exception")
    until: Day | None = Field(default=None, description="last day of the exception; optional for host-ipc")


def endless(exception: PodSecurity) -> bool:
    """Whether the exception lacks an end; MPS needs its exception as long as its pool exists."""
    return exception.until is None and exception.level is not PodSecurityLevel.HOST_IPC
