"""Exceptions from the Pod Security profile `restricted`: how far one goes, why, and until when.

https://kubernetes.io/docs/concepts/security/pod-security-standards says what each profile refuses. Whether a day has
passed is not asked here, as for grants; the rule `pod-security-exceptions` of the policy pack does.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.settings.core.types import Choice, Section
from stacks.settings.model.grants import Day, Reason


class PodSecurityLevel(StrEnum):
    """What pods of a team may do besides: HOST_IPC is `restricted` but for the host's IPC, which MPS needs."""

    HOST_IPC = "host-ipc"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


class PodSecurity(Section):
    """An exception for the pods of one team, in all of its clusters."""

    level: Annotated[PodSecurityLevel, Choice] = Field(
        description="host-ipc for pools with MPS, baseline for images that run as root, privileged to own the node"
    )
    reason: Reason = Field(description="why the team cannot do without")
    until: Day | None = Field(
        default=None, description="last day on which the exception is right; host-ipc may do without"
    )


def endless(exception: PodSecurity) -> bool:
    """Whether the exception lacks an end that it should have: what MPS needs it needs as long as there is a pool."""
    return exception.until is None and exception.level is not PodSecurityLevel.HOST_IPC
