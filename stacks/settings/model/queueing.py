"""Queues: how much of what others leave idle a team may take, who goes first, and how long a start may last."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from stacks.settings.core.types import Choice, Key, Section

# Minutes that a machine, its driver and an image of some gigabytes take together, rounded up.
READY_MINUTES: Final = 30
# Flex-start machines start when there is capacity. Pods that are requeued meanwhile would request them again.
READY_MINUTES_WITH_FLEX_START: Final = 1440

# Kueue's priorities are 32 bits wide; a million on either side is room enough.
PriorityValue = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


class Amounts(Section):
    """The most of each resource, beside what is promised; what is not named has no limit of its own."""

    cpu: Annotated[int, Field(ge=0, le=100_000)] | None = Field(default=None, description="cores")
    memory_gib: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(default=None, description="memory")
    gpus: dict[Key, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default_factory=dict, description="GPUs as pods count them, by pool or compute class of the team's quota"
    )


class Pause(StrEnum):
    """What becomes of the work of a team whose queue stands still."""

    HOLD = "hold"
    DRAIN = "drain"


class Queue(Section):
    """A team's queue beside those of the other teams."""

    weight: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1, description="the team's part of what is idle, beside those of other teams that want it too"
    )
    borrowing_limit: Amounts = Field(
        default_factory=Amounts, description="the most that the team takes of what others leave idle; null for all"
    )
    lending_limit: Amounts = Field(
        default_factory=Amounts, description="the most of its promise that others may take while idle; null for all"
    )
    paused: Annotated[Pause, Choice] | None = Field(
        default=None,
        description="hold starts nothing more; drain also stops what runs, notebooks and endpoints included",
    )


class Priority(Section):
    """A priority that work can have. Work without one has 0; more goes first, and takes from less of the same team."""

    value: PriorityValue
    description: Annotated[str, Field(min_length=1, max_length=2048)] = Field(description="what it is for")


class Queueing(Section):
    """How the queue of every cluster treats work that was given its resources."""

    ready_minutes: Annotated[int, Field(ge=5, le=10_080)] | None = Field(
        default=None,
        description="minutes in which all pods of admitted work must be up, or it goes back into the queue; null for "
        "30, or for a day where the cluster has flex-start machines, which come when there are some",
    )


# What is not labelled has 0, so that neither an endpoint nor a job that nobody thought about gives way to training.
PRIORITIES: Final = {
    "serving": Priority(value=1000, description="endpoints that people wait for"),
    "interactive": Priority(value=500, description="notebooks and short tries, while somebody looks at them"),
    "training": Priority(value=0, description="what has to be done; the same as no priority"),
    "batch": Priority(value=-100, description="what may wait, and gives way to everything else of its team"),
}
