"""Mesh settings of services: timeouts, retries, rate limits and fault injection."""

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
    """The rate limit of each pod of a service; requests above it get status 429."""

    requests_per_second: Annotated[int, Field(ge=1, le=1_000_000)]
    burst: Annotated[int, Field(ge=1, le=1_000_000)] = Field(description="maximum number of requests at once")


class Fault(Section):
    """Fault injection for requests from inside the mesh."""

    abort_percent: Percent | None = Field(default=None, description="percentage of requests that fail")
    http_status: Annotated[int, Field(ge=400, le=599)] = Field(default=503, description="status of failed requests")
    delay_percent: Percent | None = Field(default=None, description="percentage of delayed requests")
    delay_ms: Annotated[int, Field(ge=1, le=3_600_000)] | None = Field(
        default=None, description="delay in milliseconds"
    )
    until: Day = Field(description="last day of the fault injection, in UTC")
    reason: Reason = Field(description="why faults are injected")


class TeamService(Section):
    """A service of a team's namespace, in each of the team's clusters."""

    selector: Annotated[dict[LabelKey, PodLabel], Field(min_length=1)] = Field(description="labels of its pods")
    port: Port = Field(description="TCP port on which its pods listen")
    callers: Annotated[list[Key], Distinct()] = Field(
        default_factory=list, description="other teams that may call the service"
    )
    timeout_seconds: Annotated[int, Field(ge=1, le=86_400)] = Field(
        default=60, description="seconds after which a request times out, including retries"
    )
    retries: Annotated[int, Field(ge=0, le=10)] = Field(default=2, description="maximum number of retries of a request")
    idempotent: bool = Field(
        default=False,
        description="also retry requests that may have been processed",
    )
    max_requests: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=1024,
        description="maximum number of concurrent requests of each calling pod; further ones fail immediately",
    )
    rate_limit: RateLimit | None = Field(default=None, description="rate limit of each pod; null sets none")
    fault: Fault | None = None


class Mesh(Section):
    """Settings of the mesh as a whole."""

    fault_injection: bool = Field(default=False, description="allow fault injection in this environment")
