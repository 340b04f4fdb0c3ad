"""Shared by components: the base class, names of labels and APIs, grants and their expiry."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, NotRequired, TypedDict, TypeVar, cast

import pulumi

Labels = Mapping[str, str]

# The label of a pool's nodes, which its queue flavor and the queues of teams select.
POOL_LABEL: Final = "groundwork.dev/pool"
GPU: Final = "nvidia.com/gpu"
# The label and taint of the nodes of a compute class, and the key by which pods select the class:
# https://cloud.google.com/kubernetes-engine/docs/concepts/about-custom-compute-classes
COMPUTE_CLASS: Final = "cloud.google.com/compute-class"
Capacity = Literal["reserved", "on-demand", "spot", "flex-start", "queued"]
KUEUE_API: Final = "kueue.x-k8s.io/v1beta2"
# The label of namespaces with an exception from pod security; annotations hold its reason and end.
POD_SECURITY_EXCEPTION: Final = "groundwork.dev/pod-security"
HOST_IPC: Final = "host-ipc"
COHORT: Final = "platform"  # the cohort of all teams' queues in a cluster
MESH_SECURITY_API: Final = "security.istio.io/v1"
MESH_TRAFFIC_API: Final = "networking.istio.io/v1"
MESH_PATCH_API: Final = "networking.istio.io/v1alpha3"  # EnvoyFilter has no later version
MAX_REQUESTS: Final = 1024  # concurrent requests of one proxy to one service, unless the service sets a limit
DAY: Final = 86_400  # seconds
Access = Literal["read", "write"]
Values = TypeVar("Values", bound=Mapping[str, object])

# https://cloud.google.com/storage/docs/access-control/iam-roles. Both roles include listing objects, which Cloud
# Storage FUSE needs for reading; neither may change the bucket or its grants.
ROLES: Final[Mapping[Access, str]] = {"read": "roles/storage.objectViewer", "write": "roles/storage.objectUser"}


@dataclass(frozen=True)
class ExpiryArgs:
    """The expiry of a grant: its last day, in UTC, and the reason for the grant."""

    day: date
    reason: str


@dataclass(frozen=True)
class GrantArgs:
    """One grant: an IAM member, its access, and the expiry (None for a permanent grant)."""

    member: pulumi.Input[str]
    access: Access
    expiry: ExpiryArgs | None = None


class ConditionDict(TypedDict):
    """An IAM condition; the SDK has an equal class for each kind of binding."""

    title: pulumi.Input[str]
    expression: pulumi.Input[str]
    description: NotRequired[pulumi.Input[str | None]]


def expiry_condition(expiry: ExpiryArgs | None) -> ConditionDict | None:
    """The IAM condition of a grant that expires, None for one that does not.

    IAM evaluates it on each request, so the grant ends on its day without an update.
    """
    if expiry is None:
        return None
    next_day = expiry.day + timedelta(days=1)
    return {
        "title": f"until {expiry.day.isoformat()}",
        "description": expiry.reason,
        "expression": f'request.time < timestamp("{next_day.isoformat()}T00:00:00Z")',
    }


def without_none(values: Values) -> Values:
    """A typed dict of the SDK without the keys whose value is None, which the SDK would declare as null."""
    return cast("Values", {key: value for key, value in values.items() if value is not None})


def known_name(text: str, *resources: pulumi.Resource) -> pulumi.Output[str]:
    """An output with a known value that still depends on `resources`.

    The name of a resource is often known before the resource is created. A preview then shows the name instead of an
    unknown value, which a provider might treat as a replacement.
    """
    value: asyncio.Future[str] = asyncio.get_event_loop().create_future()
    value.set_result(text)
    known: asyncio.Future[bool] = asyncio.get_event_loop().create_future()
    known.set_result(True)
    return pulumi.Output(set(resources), value, known)


def traffic_policy(max_requests: int = MAX_REQUESTS) -> dict[str, Any]:
    """Connection limits and outlier detection of a proxy, as `trafficPolicy` of a DestinationRule.

    Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy. A pod that answers
    five times in a row with a server error is ejected for 30 seconds, longer each time. At most half of the pods are
    ejected, so that requests are still sent when all of them fail.
    """
    return {
        "connectionPool": {
            "tcp": {"connectTimeout": "5s", "maxConnections": max_requests},
            "http": {"http1MaxPendingRequests": max_requests, "http2MaxRequests": max_requests, "maxRetries": 3},
        },
        "outlierDetection": {
            "consecutive5xxErrors": 5,
            "interval": "10s",
            "baseEjectionTime": "30s",
            "maxEjectionPercent": 50,
        },
    }


def rate_limit(requests_per_second: int, burst: int) -> dict[str, Any]:
    """The local rate limit of a proxy for requests to its pod, as configuration of the Envoy filter.

    Requests above the limit get status 429 with the header `x-local-rate-limit: true`.
    Source: https://istio.io/latest/docs/tasks/policy-enforcement/rate-limit/#local-rate-limit.
    """
    always = {"numerator": 100, "denominator": "HUNDRED"}
    return {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
        "stat_prefix": "http_local_rate_limiter",
        "token_bucket": {"max_tokens": burst, "tokens_per_fill": requests_per_second, "fill_interval": "1s"},
        "filter_enabled": {"runtime_key": "local_rate_limit_enabled", "default_value": always},
        "filter_enforced": {"runtime_key": "local_rate_limit_enforced", "default_value": always},
        "response_headers_to_add": [
            {
                "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
                "header": {"key": "x-local-rate-limit", "value": "true"},
            }
        ],
    }


class Component(pulumi.ComponentResource):
    """A component with the type token ``groundwork:<file>:<Class>``.

    The caller's options apply to the component only: the engine passes providers, aliases and protection on to the
    children, by the rules of each option.
    """

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """`name` is the logical name of the component; its children are named ``<name>-<role>``."""
        kind = type(self)
        super().__init__(f"groundwork:{kind.__module__.rpartition('.')[2]}:{kind.__name__}", name, None, opts)

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Resource options of a child of this component; `options` are arguments of `pulumi.ResourceOptions`."""
        return pulumi.ResourceOptions(parent=self, **options)
