"""Tests of `components.gateway_network`."""

from __future__ import annotations

import dataclasses

from components.gateway_network import GatewayNetwork, GatewayNetworkArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, inputs, protected

NETWORK = GatewayNetworkArgs(
    project="ml-service",
    host_project="ml-host",
    network_name="shared",
    network="networks/shared",
    region="europe-west4",
    subnet="subnetworks/ml",
    proxies=["10.20.0.0/24"],
    node_tags=["gke-ml-node", "gke-batch-node"],
    ports=[8080, 9090],
    labels={"environment": "test"},
)


def _graph(args: GatewayNetworkArgs = NETWORK) -> Graph:
    return declare(lambda: GatewayNetwork("gateway", args))


def test_gateway_proxies_and_health_checks_reach_the_nodes_on_the_ports_only() -> None:
    """The Gateway controller may not create this rule in a shared VPC."""
    assert inputs(_graph(), "gateway-backends") == {
        "name": "shared-gateway",
        "project": "ml-host",
        "network": "networks/shared",
        "description": "proxies and health checks of the gateway to the pods behind it",
        "direction": "INGRESS",
        "sourceRanges": ["10.20.0.0/24", "130.211.0.0/22", "35.191.0.0/16"],
        "targetTags": ["gke-ml-node", "gke-batch-node"],
        "allows": [{"protocol": "tcp", "ports": ["8080", "9090"]}],
    }


def test_gateway_in_the_network_has_an_internal_address_that_is_protected() -> None:
    """DNS records point at the address."""
    graph = _graph()

    assert declared(graph) == {
        "gateway-backends": "gcp:compute/firewall:Firewall",
        "gateway-address": "gcp:compute/address:Address",
    }
    assert inputs(graph, "gateway-address") == {
        "name": "gateway",
        "project": "ml-service",
        "region": "europe-west4",
        "subnetwork": "subnetworks/ml",
        "addressType": "INTERNAL",
        "purpose": "SHARED_LOADBALANCER_VIP",
        "labels": {"environment": "test"},
    }
    assert protected(graph) == {"gateway-address"}


def test_gateway_on_the_internet_has_no_declared_address() -> None:
    """Its public address is reserved by hand."""

    def program() -> None:
        gateway = GatewayNetwork("gateway", dataclasses.replace(NETWORK, subnet=None))
        assert gateway.address is None

    assert set(declared(declare(program))) == {"gateway-backends"}
