"""What components share: type token, children's options, labels, and the form of a grant on a bucket."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

import pulumi

Labels = Mapping[str, str]

# What a pool's nodes, its queue flavor and a team's queue have to call by one name.
POOL_LABEL: Final = "groundwork.dev/pool"
GPU: Final = "nvidia.com/gpu"
# By this label and taint GKE knows the nodes of a compute class, and pods name the class:
# https://cloud.google.com/kubernetes-engine/docs/concepts/about-custom-compute-classes
COMPUTE_CLASS: Final = "cloud.google.com/compute-class"
Capacity = Literal["reserved", "on-demand", "spot", "flex-start", "queued"]
KUEUE_API: Final = "kueue.x-k8s.io/v1beta2"
# By this label the guard of pods knows the namespaces that it stands before; its annotations say why and until when.
POD_SECURITY_EXCEPTION: Final = "groundwork.dev/pod-security"
HOST_IPC: Final = "host-ipc"
COHORT: Final = "platform"  # of all teams' queues in a cluster
MESH_SECURITY_API: Final = "security.istio.io/v1"
MESH_TRAFFIC_API: Final = "networking.istio.io/v1"
MESH_PATCH_API: Final = "networking.istio.io/v1alpha3"  # there is no later one
MAX_REQUESTS: Final = 1024  # concurrent requests of one proxy to one service, unless the service sets another limit
DAY: Final = 86_400  # seconds
Access = Literal["read", "write"]

# https://cloud.google.com/storage/docs/access-control/iam-roles. FUSE lists objects before it reads them, which both
# of these include; neither may change the bucket or its grants.
ROLES: Final[Mapping[Access, str]] = {"read": "roles/storage.objectViewer", "write": "roles/storage.objectUser"}


@dataclass(frozen=True)
class EndArgs:
    """When a grant ends by itself: the last day on which it holds, in UTC, and why it was made."""

    day: date
    reason: str


@dataclass(frozen=True)
class GrantArgs:
    """One grant: an IAM member and what it may do, and its end where it has one."""

    member: pulumi.Input[str]
    access: Access
    end: EndArgs | None = None


def ends(end: EndArgs) -> dict[str, str]:
    """The arguments of the IAM condition that ends a grant: IAM refuses by itself, whether anybody runs an update."""
    following = end.day + timedelta(days=1)
    return {
        "title": f"until {end.day.isoformat()}",
        "description": end.reason,
        "expression": f'request.time < timestamp("{following.isoformat()}T00:00:00Z")',
    }


def promised(text: str, *resources: pulumi.Resource) -> pulumi.Output[str]:
    """A name that is known before what it names exists; whoever takes it waits for `resources` all the same.

    A plan then shows the name instead of an unknown value, which a provider might take for a reason to replace.
    """
    value: asyncio.Future[str] = asyncio.get_event_loop().create_future()
    value.set_result(text)
    known: asyncio.Future[bool] = asyncio.get_event_loop().create_future()
    known.set_result(True)
    return pulumi.Output(set(resources), value, known)


def traffic_policy(max_requests: int = MAX_REQUESTS) -> dict[str, Any]:
    """Istio's traffic policy of a host: connection pool limits and outlier detection.

    Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy. A pod that fails
    five times in a row is ejected for 30 seconds, and longer each further time. At most half of the pods are ejected,
    so that some pods receive requests even when all of them fail.
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
    """Envoy's local rate limit of one pod: further requests get status 429 and the header ``x-local-rate-limit``.

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
    """A component whose type token is ``groundwork:<file>:<Class>`` and whose children are its own.

    The caller's options go to the component and nowhere else: providers, aliases and protection reach the children
    through the engine, which knows the rules for each of them.
    """

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """`name` is the component's logical name; children are called ``<name>-<role>``."""
        kind = type(self)
        super().__init__(f"groundwork:{kind.__module__.rpartition('.')[2]}:{kind.__name__}", name, None, opts)

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options for a child of this component; `options` are those of `pulumi.ResourceOptions`."""
        return pulumi.ResourceOptions(parent=self, **options)
