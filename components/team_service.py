"""Istio configuration of one service of a team: timeout, retries, rate limit and fault injection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import (
    MESH_PATCH_API,
    MESH_TRAFFIC_API,
    Component,
    Labels,
    rate_limit,
    traffic_policy,
)

UNTIL: Final = "groundwork.dev/fault-until"
REASON: Final = "groundwork.dev/fault-reason"
# https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on: a request
# that was certainly not processed may always be retried; one that may have been processed, only if it is idempotent
RETRY_ON_UNPROCESSED: Final = "connect-failure,refused-stream,reset-before-request"
RETRY_ON_IDEMPOTENT: Final = f"{RETRY_ON_UNPROCESSED},gateway-error,reset,unavailable"


@dataclass(frozen=True)
class FaultArgs:
    """Fault injection, in percent of requests: abort with an HTTP status, and delay by milliseconds.

    `until` is the last day of the fault, in UTC.
    """

    abort_percent: float | None
    http_status: int
    delay_percent: float | None
    delay_ms: int | None
    until: date
    reason: str


@dataclass(frozen=True)
class TrafficArgs:
    """Timeout of a request, number of retries, and concurrent requests of one caller's proxy.

    `idempotent` also allows retrying requests that may have been processed.
    """

    timeout_seconds: int
    retries: int
    idempotent: bool
    max_requests: int


@dataclass(frozen=True)
class TeamServiceArgs:
    """The service's name and namespace, and the labels of its pods.

    `callers` are the other namespaces that may call it; `rate` is requests per second and burst of each pod.
    """

    service: str
    namespace: str
    selector: Mapping[str, str]
    callers: Sequence[str]
    traffic: TrafficArgs
    rate: tuple[int, int] | None
    fault: FaultArgs | None
    labels: Labels


class TeamService(Component):
    """Istio objects of one service in one cluster; needs a Kubernetes provider and Istio's CRDs.

    The caller's proxy enforces timeout, retries and faults; the proxy of the called pod enforces the rate limit.
    """

    def __init__(self, name: str, args: TeamServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the destination rule, the virtual service and, if `rate` is set, the rate limit."""
        super().__init__(name, opts)
        self.args = args
        host = f"{args.service}.{args.namespace}.svc.cluster.local"
        visibility = {"exportTo": [".", *args.callers]}
        self._object(
            f"{name}-outlier-detection",
            MESH_TRAFFIC_API,
            "DestinationRule",
            # Every pod of the service has a sidecar, so plain text is never needed.
            {
                "host": host,
                **visibility,
                "trafficPolicy": {**traffic_policy(args.traffic.max_requests), "tls": {"mode": "ISTIO_MUTUAL"}},
            },
        )
        self._object(
            f"{name}-routing",
            MESH_TRAFFIC_API,
            "VirtualService",
            {"hosts": [host], **visibility, "http": [self._route(host)]},
            _fault_annotations(args.fault),
        )
        if args.rate is not None:
            self._object(
                f"{name}-rate-limit",
                MESH_PATCH_API,
                "EnvoyFilter",
                {"workloadSelector": {"labels": dict(args.selector)}, "configPatches": [_rate_limit_patch(*args.rate)]},
            )
        self.register_outputs({})

    def _route(self, host: str) -> dict[str, Any]:
        traffic, fault = self.args.traffic, self.args.fault
        retries: dict[str, Any] = {"attempts": traffic.retries}
        if traffic.retries:
            retries["retryOn"] = RETRY_ON_IDEMPOTENT if traffic.idempotent else RETRY_ON_UNPROCESSED
        return {
            "route": [{"destination": {"host": host}}],
            "timeout": f"{traffic.timeout_seconds}s",
            "retries": retries,
            **({} if fault is None else {"fault": _fault(fault)}),
        }

    def _object(
        self, name: str, api: str, kind: str, spec: dict[str, Any], annotations: Mapping[str, str] | None = None
    ) -> None:
        k8s.apiextensions.CustomResource(
            name,
            api_version=api,
            kind=kind,
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=f"service-{self.args.service}",
                namespace=self.args.namespace,
                labels=dict(self.args.labels),
                annotations=annotations,
            ),
            spec=spec,
            opts=self.child(),
        )


def _fault_annotations(fault: FaultArgs | None) -> dict[str, str] | None:
    """Annotations that explain the fault to readers of the cluster: its last day and its reason."""
    return None if fault is None else {UNTIL: fault.until.isoformat(), REASON: fault.reason}


def _fault(fault: FaultArgs) -> dict[str, Any]:
    """The fault of the route.

    Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPFaultInjection.
    """
    rules: dict[str, Any] = {}
    if fault.abort_percent is not None:
        rules["abort"] = {"percentage": {"value": fault.abort_percent}, "httpStatus": fault.http_status}
    if fault.delay_percent is not None and fault.delay_ms is not None:
        rules["delay"] = {
            "percentage": {"value": fault.delay_percent},
            "fixedDelay": f"{fault.delay_ms / 1000:.3f}s",
        }
    return rules


def _rate_limit_patch(requests_per_second: int, burst: int) -> dict[str, Any]:
    """The patch that overrides the namespace's rate limit: Envoy uses the most specific configuration."""
    return {
        "applyTo": "HTTP_ROUTE",
        "match": {"context": "SIDECAR_INBOUND", "routeConfiguration": {"vhost": {"route": {"action": "ANY"}}}},
        "patch": {
            "operation": "MERGE",
            "value": {
                "typed_per_filter_config": {
                    "envoy.filters.http.local_ratelimit": rate_limit(requests_per_second, burst)
                }
            },
        },
    }
