"""Tests of `components.dns_logging`."""

from __future__ import annotations

from components.dns_logging import DnsLogging, DnsLoggingArgs
from tests.components.declare import declare, declared, inputs


def test_dns_logging_is_a_policy_of_the_network_that_logs_queries() -> None:
    """The policy has the network and no other setting."""
    args = DnsLoggingArgs("ml-host", "shared", "projects/ml-host/global/networks/shared")
    graph = declare(lambda: DnsLogging("dns-logging", args))

    assert declared(graph) == {"dns-logging-policy": "gcp:dns/policy:Policy"}
    assert inputs(graph, "dns-logging-policy") == {
        "name": "shared-queries",
        "project": "ml-host",
        "enableLogging": True,
        "networks": [{"networkUrl": "projects/ml-host/global/networks/shared"}],
    }
