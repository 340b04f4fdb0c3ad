"""Tests of `components.egress`."""

from __future__ import annotations

from typing import Any

from components.egress import DestinationArgs, RestrictedEgress, RestrictedEgressArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs

EGRESS = RestrictedEgressArgs(
    project="ml-host",
    network_name="shared",
    network="projects/ml-host/global/networks/shared",
    internal=["10.0.0.0/8"],
    google_apis="199.36.153.4/30",
    allow={
        "packages": DestinationArgs(cidrs=[], hosts=["packages.example.com", "files.example.com"], ports=[443, 80]),
        "license": DestinationArgs(cidrs=["203.0.113.7/32"], hosts=[], ports=[8443]),
    },
)


def _graph() -> Graph:
    return declare(lambda: RestrictedEgress("egress", EGRESS))


def _rules() -> dict[str, dict[str, Any]]:
    return {rule["ruleName"]: rule for rule in inputs(_graph(), "egress-policy")["rules"]}


def test_egress_is_one_policy_that_is_attached_to_the_network() -> None:
    """All rules are in one resource, so that no partial policy is applied."""
    graph = _graph()
    policy = inputs(graph, "egress-policy")
    policy.pop("rules")

    assert declared(graph) == {
        "egress-policy": "gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules",
        "egress-network": "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation",
    }
    assert policy == {"name": "shared-egress", "project": "ml-host", "description": "egress from the network"}
    assert inputs(graph, "egress-network") == {
        "name": "shared-egress",
        "project": "ml-host",
        "firewallPolicy": "shared-egress",
        "attachmentTarget": "projects/ml-host/global/networks/shared",
    }
    assert depends_on(graph, "egress-network") == {"egress-policy"}


def test_egress_last_rule_denies_and_logs_everything() -> None:
    """A denied connection is in the log, so that its destination can be allowed."""
    rules = inputs(_graph(), "egress-policy")["rules"]

    assert max(rules, key=lambda rule: rule["priority"]) == {
        "ruleName": "rest",
        "priority": 65000,
        "action": "deny",
        "direction": "EGRESS",
        "enableLogging": True,
        "match": {"destIpRanges": ["0.0.0.0/0"], "layer4Configs": [{"ipProtocol": "all"}]},
    }


def test_egress_allows_all_protocols_inside_of_the_network() -> None:
    """Nodes, pods and managed services communicate on any port."""
    assert _rules()["internal"] == {
        "ruleName": "internal",
        "priority": 1000,
        "action": "allow",
        "direction": "EGRESS",
        "enableLogging": False,
        "match": {"destIpRanges": ["10.0.0.0/8"], "layer4Configs": [{"ipProtocol": "all"}]},
    }


def test_egress_allows_google_apis_and_their_direct_connectivity_on_https() -> None:
    """Both ranges are needed, and only port 443."""
    rule = _rules()["google-apis"]

    assert (rule["priority"], rule["action"]) == (1100, "allow")
    assert rule["match"] == {
        "destIpRanges": ["199.36.153.4/30", "34.126.0.0/18"],
        "layer4Configs": [{"ipProtocol": "tcp", "ports": ["443"]}],
    }


def test_egress_allows_declared_destinations_in_sorted_order() -> None:
    """A destination has host names or ranges; an empty list would match nothing."""
    rules = _rules()

    assert [(name, rule["priority"]) for name, rule in rules.items()] == [
        ("internal", 1000),
        ("google-apis", 1100),
        ("license", 2000),
        ("packages", 2001),
        ("rest", 65000),
    ]
    assert rules["license"]["action"] == "allow"
    assert rules["license"]["match"] == {
        "destIpRanges": ["203.0.113.7/32"],
        "layer4Configs": [{"ipProtocol": "tcp", "ports": ["8443"]}],
    }
    assert rules["packages"]["match"] == {
        "destFqdns": ["packages.example.com", "files.example.com"],
        "layer4Configs": [{"ipProtocol": "tcp", "ports": ["443", "80"]}],
    }
