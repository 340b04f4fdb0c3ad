"""Queues: borrowing and lending limits, priorities, and the time limit for pods to become ready."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from stacks.settings.core.types import Choice, Key, Section

# Minutes that a machine, its driver and an image of some gigabytes take together, rounded up.
READY_MINUTES: Final = 30
# Flex-start machines start when there is capacity. Pods that are requeued meanwhile would request them again.
READY_MINUTES_WITH_FLEX_START: Final = 1440

# Kueue's priorities have 32 bits; this range is sufficient.
PriorityValue = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


class Amounts(Section):
    """Maximum of each resource; a resource without a value has no limit."""

    cpu: Annotated[int, Field(ge=0, le=100_000)] | None = Field(default=None, description="cores")
    memory_gib: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(default=None, description="memory")
    gpus: dict[Key, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default_factory=dict, description="GPUs as pods count them, by pool or compute class of the team's quota"
    )


class Pause(StrEnum):
    """What happens to the workloads of a team whose queue is paused."""

    HOLD = "hold"
    DRAIN = "drain"


class Queue(Section):
    """A team's queue in the cohort of all teams."""

    weight: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1, description="the team's weight when several teams want to borrow the same idle quota (fair sharing)"
    )
    borrowing_limit: Amounts = Field(
        default_factory=Amounts,
        description="maximum that the team may borrow of the idle quota of other teams; null for no limit",
    )
    lending_limit: Amounts = Field(
        default_factory=Amounts,
        description="maximum of the team's idle nominal quota that other teams may borrow; null for all",
    )
    paused: Annotated[Pause, Choice] | None = Field(
        default=None,
        description="hold admits no more workloads; drain also stops running ones, including notebooks and endpoints",
    )


class Priority(Section):
    """A priority of workloads; without one it is 0. Higher values are admitted first and preempt lower ones."""

    value: PriorityValue
    description: Annotated[str, Field(min_length=1, max_length=2048)] = Field(description="the use of the priority")


class Queueing(Section):
    """Settings of the queues of every cluster."""

    ready_minutes: Annotated[int, Field(ge=5, le=10_080)] | None = Field(
        default=None,
        description="minutes in which all pods of an admitted workload must be ready, or it is requeued; null for 30, "
        "or for a day where the cluster has flex-start machines, which have no fixed start time",
    )


# A workload without a priority has 0, so that training does not preempt it.
PRIORITIES: Final = {
    "serving": Priority(value=1000, description="endpoints with users"),
    "interactive": Priority(value=500, description="notebooks and short experiments with a user"),
    "training": Priority(value=0, description="regular work; the same as no priority"),
    "batch": Priority(value=-100, description="work that can wait; everything else of the team preempts it"),
}
