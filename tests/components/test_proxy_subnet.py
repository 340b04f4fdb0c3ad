"""Tests of `components.proxy_subnet`."""

from __future__ import annotations

from ipaddress import IPv4Network

from components.proxy_subnet import ProxySubnet, ProxySubnetArgs
from tests.components.declare import declare, declared, inputs


def test_proxy_subnet_is_the_active_one_of_its_region() -> None:
    """A proxy-only subnet accepts neither flow logs nor secondary ranges."""
    args = ProxySubnetArgs(
        "ml-host", "networks/shared", "proxies-europe-west4", "europe-west4", IPv4Network("10.20.0.0/24")
    )
    graph = declare(lambda: ProxySubnet("proxies", args))

    assert declared(graph) == {"proxies-subnet": "gcp:compute/subnetwork:Subnetwork"}
    assert inputs(graph, "proxies-subnet") == {
        "name": "proxies-europe-west4",
        "project": "ml-host",
        "region": "europe-west4",
        "network": "networks/shared",
        "ipCidrRange": "10.20.0.0/24",
        "purpose": "REGIONAL_MANAGED_PROXY",
        "role": "ACTIVE",
    }
