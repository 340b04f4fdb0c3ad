"""What the mesh does for services: the defaults are for every team, and a service may want something else."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Key, Section
from stacks.settings.model.egress import Port
from stacks.settings.model.gateway import LabelKey, PodLabel, ResourceName
from stacks.settings.model.grants import Day, Reason

ServiceName = ResourceName
# https://istio.io/latest/docs/reference/config/networking/virtual-service/#Percent
Percent = Annotated[float, Field(ge=0.1, le=100.0)]


class RateLimit(Section):
    """What one pod of a service answers; the rest is refused with 429."""

    requests_per_second: Annotated[int, Field(ge=1, le=1_000_000)]
    burst: Annotated[int, Field(ge=1, le=1_000_000)] = Field(description="requests that may come at once")


class Fault(Section):
    """What goes wrong on purpose, for who calls the service from inside the mesh."""

    abort_percent: Percent | None = Field(default=None, description="share of requests that fail")
    http_status: Annotated[int, Field(ge=400, le=599)] = Field(default=503, description="what they are answered with")
    delay_percent: Percent | None = Field(default=None, description="share of requests that wait")
    delay_ms: Annotated[int, Field(ge=1, le=3_600_000)] | None = Field(default=None, description="how long they wait")
    until: Day = Field(description="last day of the experiment, in UTC")
    reason: Reason = Field(description="what the experiment is to show")


class TeamService(Section):
    """A service of a team's namespace, in each of the team's clusters."""

    selector: Annotated[dict[LabelKey, PodLabel], Field(min_length=1)] = Field(description="labels of its pods")
    port: Port = Field(description="TCP port on which its pods listen")
    callers: Annotated[list[Key], Distinct()] = Field(
        default_factory=list, description="teams that may call it, beside its own"
    )
    timeout_seconds: Annotated[int, Field(ge=1, le=86_400)] = Field(
        default=60, description="seconds after which an answer is given up, all tries together"
    )
    retries: Annotated[int, Field(ge=0, le=10)] = Field(default=2, description="how often a request is sent again")
    idempotent: bool = Field(
        default=False,
        description="true: a request that may have been answered is sent again too, since twice is no harm",
    )
    max_requests: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=1024, description="requests that each calling pod may have under way; more fail at once"
    )
    rate_limit: RateLimit | None = Field(default=None, description="for each pod; null leaves the default of the mesh")
    fault: Fault | None = None


class Mesh(Section):
    """What holds for the whole mesh."""

    fault_injection: bool = Field(default=False, description="whether services of this environment may fail on purpose")
