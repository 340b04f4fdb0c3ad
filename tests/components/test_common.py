"""Tests of the traffic policy and the rate limit of `components._common`."""

from __future__ import annotations

from components._common import rate_limit, traffic_policy


def test_traffic_policy_limits_connections_and_requests_to_a_host() -> None:
    """A connection must be established in five seconds; the limit applies to connections and to requests."""
    assert traffic_policy(64)["connectionPool"] == {
        "tcp": {"connectTimeout": "5s", "maxConnections": 64},
        "http": {"http1MaxPendingRequests": 64, "http2MaxRequests": 64, "maxRetries": 3},
    }


def test_traffic_policy_allows_1024_requests_by_default() -> None:
    """The default is that of Envoy."""
    assert traffic_policy() == traffic_policy(1024)


def test_outlier_detection_ejects_a_failing_pod_but_never_most_of_them() -> None:
    """Five consecutive errors eject a pod for half a minute; at least half of the pods receive requests."""
    assert traffic_policy()["outlierDetection"] == {
        "consecutive5xxErrors": 5,
        "interval": "10s",
        "baseEjectionTime": "30s",
        "maxEjectionPercent": 50,
    }
    assert set(traffic_policy()) == {"connectionPool", "outlierDetection"}


def test_rate_limit_is_a_token_bucket_that_fills_every_second() -> None:
    """`burst` requests at once, and `requests_per_second` on average."""
    assert rate_limit(10, 20)["token_bucket"] == {"max_tokens": 20, "tokens_per_fill": 10, "fill_interval": "1s"}


def test_rate_limit_is_enforced_for_every_request() -> None:
    """Envoy's default for both keys is zero percent, which only counts."""
    always = {"numerator": 100, "denominator": "HUNDRED"}

    assert rate_limit(10, 20)["filter_enabled"] == {
        "runtime_key": "local_rate_limit_enabled",
        "default_value": always,
    }
    assert rate_limit(10, 20)["filter_enforced"] == {
        "runtime_key": "local_rate_limit_enforced",
        "default_value": always,
    }


def test_rate_limited_response_has_a_header() -> None:
    """Clients can tell the proxy's status 429 from one of the service."""
    limit = rate_limit(10, 20)

    assert limit["response_headers_to_add"] == [
        {"append_action": "OVERWRITE_IF_EXISTS_OR_ADD", "header": {"key": "x-local-rate-limit", "value": "true"}}
    ]
    assert (limit["@type"], limit["stat_prefix"]) == (
        "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
        "http_local_rate_limiter",
    )
