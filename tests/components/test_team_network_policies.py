"""Tests of `components.team_network_policies`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.team_network_policies import (
    DestinationArgs,
    ServiceArgs,
    TeamNetworkPolicies,
    TeamNetworkPoliciesArgs,
)
from tests.components.in_cluster import LABELS, Objects, in_cluster

POLICIES = TeamNetworkPoliciesArgs(
    namespace="vision",
    labels=LABELS,
    proxies=["10.9.0.0/24"],
    callers={"monitoring": "gmp-system"},
    google_apis=["199.36.153.8/30"],
    control_plane=["172.16.0.0/28"],
)
ALWAYS = {"own-pods", "from-monitoring", "to-dns", "to-control-plane"}
GOOGLE = {"from-load-balancers", "to-metadata-server", "to-google-apis"}


def _policies(**changes: Any) -> Objects:
    return in_cluster(TeamNetworkPolicies, dataclasses.replace(POLICIES, **changes))


def _range(cidr: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": cidr}}


def _pods(namespace: str, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {"matchLabels": labels},
    }


def _ports(*ports: int) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port} for port in ports]


def _egress(policies: Objects, role: str) -> list[dict[str, Any]]:
    """The rules of a policy for all pods that has egress rules only."""
    spec = policies.spec(role)
    assert spec == {"podSelector": {}, "policyTypes": ["Egress"], "egress": spec["egress"]}
    return list(spec["egress"])


def _ingress(policies: Objects, role: str) -> list[dict[str, Any]]:
    """The rules of a policy for all pods that has ingress rules only."""
    spec = policies.spec(role)
    assert spec == {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": spec["ingress"]}
    return list(spec["ingress"])


def test_each_policy_is_named_after_its_peer() -> None:
    """Readers of the namespace see which policy allows what."""
    policies = _policies()

    assert policies.roles == ALWAYS | GOOGLE
    for role in policies.roles:
        assert policies.kind(role) == ("networking.k8s.io/v1", "NetworkPolicy")
        assert policies.metadata(role) == {"name": role, "namespace": "vision", "labels": LABELS}


def test_pods_of_the_namespace_may_call_each_other_on_every_port() -> None:
    """Distributed training opens arbitrary ports."""
    assert _policies().spec("own-pods") == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [{"podSelector": {}}]}],
        "egress": [{"to": [{"podSelector": {}}]}],
    }


def test_platform_namespaces_may_call_pods() -> None:
    """Collectors scrape metrics on the port that a pod chooses."""
    assert _ingress(_policies(), "from-monitoring") == [
        {"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gmp-system"}}}]}
    ]


def test_pods_may_ask_every_dns_server_of_gke() -> None:
    """kube-dns, the node-local cache by pod and by address, and Cloud DNS at the metadata server."""
    assert _egress(_policies(), "to-dns") == [
        {
            "to": [
                _pods("kube-system", {"k8s-app": "kube-dns"}),
                _pods("kube-system", {"k8s-app": "node-local-dns"}),
                _range("169.254.20.10/32"),
                _range("169.254.169.254/32"),
            ],
            "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
        }
    ]


def test_pods_may_call_the_control_plane_over_https() -> None:
    """The service `kubernetes` resolves to its range."""
    assert _egress(_policies(), "to-control-plane") == [{"to": [_range("172.16.0.0/28")], "ports": _ports(443)}]


def test_control_plane_of_a_laptop_has_other_ports() -> None:
    """Some network plugins decide before, and some after the service's port is translated."""
    policies = _policies(control_plane_ports=(443, 6443))

    assert _egress(policies, "to-control-plane")[0]["ports"] == _ports(443, 6443)


def test_load_balancers_and_health_checks_may_call_pods() -> None:
    """Google's documented ranges, and the proxy-only subnets of internal load balancers."""
    assert _ingress(_policies(), "from-load-balancers") == [
        {"from": [_range("130.211.0.0/22"), _range("35.191.0.0/16"), _range("10.9.0.0/24")]}
    ]


def test_pods_may_get_tokens_from_the_metadata_server() -> None:
    """With and without Dataplane V2, on the ports of each."""
    assert _egress(_policies(), "to-metadata-server") == [
        {"to": [_range("169.254.169.254/32")], "ports": _ports(80, 8080)},
        {"to": [_range("169.254.169.252/32")], "ports": _ports(987, 988)},
    ]


def test_pods_may_call_google_apis_over_https() -> None:
    """On the addresses that the network resolves them to."""
    assert _egress(_policies(), "to-google-apis") == [{"to": [_range("199.36.153.8/30")], "ports": _ports(443)}]


def test_outside_of_google_cloud_there_are_no_policies_for_it() -> None:
    """A laptop has neither load balancers nor a metadata server, and its DNS servers are pods."""
    policies = _policies(in_google=False)

    assert policies.roles == ALWAYS
    assert _egress(policies, "to-dns")[0]["to"] == [
        _pods("kube-system", {"k8s-app": "kube-dns"}),
        _pods("kube-system", {"k8s-app": "node-local-dns"}),
    ]


def test_pods_may_call_platform_services() -> None:
    """Some pods of a platform namespace on some ports, and no other pod there."""
    service = ServiceArgs("kubeflow", {"app": "ml-pipeline"}, [8887, 8888])
    policies = _policies(services={"pipelines": service})

    assert policies.metadata("to-pipelines")["name"] == "to-pipelines"
    assert _egress(policies, "to-pipelines") == [
        {"to": [_pods("kubeflow", {"app": "ml-pipeline"})], "ports": _ports(8887, 8888)}
    ]


def test_destination_by_address_is_a_network_policy() -> None:
    """Pods may reach its ranges on its ports."""
    destination = DestinationArgs(["198.51.100.0/24", "203.0.113.0/24"], [], [443, 8443])
    policies = _policies(destinations={"partner": destination})

    assert policies.roles == ALWAYS | GOOGLE | {"outside-partner"}
    assert policies.metadata("outside-partner")["name"] == "outside-partner"
    assert _egress(policies, "outside-partner") == [
        {"to": [_range("198.51.100.0/24"), _range("203.0.113.0/24")], "ports": _ports(443, 8443)}
    ]


def test_destination_by_host_name_is_an_fqdn_network_policy() -> None:
    """Kubernetes has no policies by name, GKE has."""
    destination = DestinationArgs([], ["a.example.com", "b.example.com"], [443])
    policies = _policies(destinations={"partner": destination})

    assert policies.roles == ALWAYS | GOOGLE | {"outside-partner-hosts"}
    assert policies.kind("outside-partner-hosts") == ("networking.gke.io/v1alpha1", "FQDNNetworkPolicy")
    assert policies.metadata("outside-partner-hosts") == {
        "name": "outside-partner",
        "namespace": "vision",
        "labels": LABELS,
    }
    assert policies.spec("outside-partner-hosts") == {
        "podSelector": {},
        "egress": [{"matches": [{"name": "a.example.com"}, {"name": "b.example.com"}], "ports": _ports(443)}],
    }


def test_destination_may_have_addresses_and_host_names() -> None:
    """It has one policy of each kind then."""
    destination = DestinationArgs(["198.51.100.0/24"], ["a.example.com"], [443])

    assert {"outside-partner", "outside-partner-hosts"} < _policies(destinations={"partner": destination}).roles
