"""A service of a team in the mesh: how long it is waited for, what it is spared, and what fails on purpose."""

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
# https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on: what
# was certainly not begun may always be done again, and what may have been done only if twice does no harm
NOT_BEGUN: Final = "connect-failure,refused-stream,reset-before-request"
TWICE: Final = f"{NOT_BEGUN},gateway-error,reset,unavailable"


@dataclass(frozen=True)
class FaultArgs:
    """What goes wrong on purpose, in percent of requests: an answer with this status, and milliseconds of waiting.

    `until` is the last day of the experiment, in UTC.
    """

    abort_percent: float | None
    http_status: int
    delay_percent: float | None
    delay_ms: int | None
    until: date
    reason: str


@dataclass(frozen=True)
class PatienceArgs:
    """How long an answer may take, in seconds, and how often a request is sent again; `twice` does no harm."""

    timeout_seconds: int
    retries: int
    twice: bool
    most_requests: int


@dataclass(frozen=True)
class TeamServiceArgs:
    """The service by its name, its namespace and the labels of its pods.

    `callers` are the namespaces that may call it beside its own; `rate` is requests a second for each pod, and burst.
    """

    service: str
    namespace: str
    selector: Mapping[str, str]
    callers: Sequence[str]
    patience: PatienceArgs
    rate: tuple[int, int] | None
    fault: FaultArgs | None
    labels: Labels


class TeamService(Component):
    """The mesh's rules for one service in one cluster; needs a Kubernetes provider and the mesh's definitions.

    Timeouts, retries and faults are kept by the proxy of who calls, the rate by that of the pod that is called.
    """

    def __init__(self, name: str, args: TeamServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare them."""
        super().__init__(name, opts)
        self.args = args
        host = f"{args.service}.{args.namespace}.svc.cluster.local"
        seen = {"exportTo": [".", *args.callers]}
        self._object(
            f"{name}-outlier-detection",
            MESH_TRAFFIC_API,
            "DestinationRule",
            # Its pods have proxies, or they are not its pods: there is no plain way to it.
            {
                "host": host,
                **seen,
                "trafficPolicy": {**traffic_policy(args.patience.most_requests), "tls": {"mode": "ISTIO_MUTUAL"}},
            },
        )
        self._object(
            f"{name}-routing",
            MESH_TRAFFIC_API,
            "VirtualService",
            {"hosts": [host], **seen, "http": [self._route(host)]},
            _experiment(args.fault),
        )
        if args.rate is not None:
            self._object(
                f"{name}-rate-limit",
                MESH_PATCH_API,
                "EnvoyFilter",
                {"workloadSelector": {"labels": dict(args.selector)}, "configPatches": [_limited(*args.rate)]},
            )
        self.register_outputs({})

    def _route(self, host: str) -> dict[str, Any]:
        patience, fault = self.args.patience, self.args.fault
        retries = {"attempts": patience.retries}
        return {
            "route": [{"destination": {"host": host}}],
            "timeout": f"{patience.timeout_seconds}s",
            "retries": {**retries, "retryOn": TWICE if patience.twice else NOT_BEGUN} if patience.retries else retries,
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


def _experiment(fault: FaultArgs | None) -> dict[str, str] | None:
    """What whoever finds the fault in the cluster has to know of it."""
    return None if fault is None else {UNTIL: fault.until.isoformat(), REASON: fault.reason}


def _fault(fault: FaultArgs) -> dict[str, Any]:
    """Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPFaultInjection."""
    found: dict[str, Any] = {}
    if fault.abort_percent is not None:
        found["abort"] = {"percentage": {"value": fault.abort_percent}, "httpStatus": fault.http_status}
    if fault.delay_percent is not None and fault.delay_ms is not None:
        found["delay"] = {
            "percentage": {"value": fault.delay_percent},
            "fixedDelay": f"{fault.delay_ms / 1000:.3f}s",
        }
    return found


def _limited(requests_per_second: int, burst: int) -> dict[str, Any]:
    """The patch that puts another number in the place of the namespace's: the most specific one is used."""
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
