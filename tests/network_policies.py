"""Evaluation of network policies on a declared graph, with the semantics of Kubernetes.

https://kubernetes.io/docs/concepts/services-networking/network-policies: a pod that no policy of a direction selects is
not isolated in that direction; otherwise a connection has to match a rule of any such policy. A connection needs egress
from its source and ingress to its destination.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from groundwork.graph import Graph, Node

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
FQDN = "kubernetes:networking.gke.io/v1alpha1:FQDNNetworkPolicy"
NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Pod:
    """A pod with its namespace and labels. `cluster` is the suffix of the provider's name."""

    cluster: str
    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Host:
    """A host outside of the cluster: its address, its DNS name, or both."""

    address: str = ""
    name: str = ""


Endpoint = Pod | Host


def allowed(graph: Graph, source: Endpoint, to: Endpoint, port: int, protocol: str = "TCP") -> bool:
    """Whether every network policy allows a connection."""
    egress = not isinstance(source, Pod) or _passes_direction(graph, source, to, "Egress", port, protocol)
    return egress and (not isinstance(to, Pod) or _passes_direction(graph, to, source, "Ingress", port, protocol))


def _passes_direction(graph: Graph, pod: Pod, other: Endpoint, direction: str, port: int, protocol: str) -> bool:
    policies = [spec for spec in _policies(graph, pod) if direction in spec["policyTypes"]]
    if not policies or any(_allows(spec, pod, other, direction, port, protocol) for spec in policies):
        return True
    return direction == "Egress" and isinstance(other, Host) and _by_name(graph, pod, other, port, protocol)


def _policies(graph: Graph, pod: Pod) -> Iterator[Mapping[str, Any]]:
    for node in graph.of_type(POLICY):
        if _is_in(graph, node, pod) and _selects(_spec(node)["podSelector"], pod.labels):
            yield _spec(node)


def _spec(node: Node) -> Mapping[str, Any]:
    spec: Mapping[str, Any] = node.inputs["spec"]
    return spec


def _is_in(graph: Graph, node: Node, pod: Pod) -> bool:
    provider = graph.provider_of(node)
    in_cluster = provider is not None and provider.name == f"kubernetes-{pod.cluster}"
    return in_cluster and bool(node.inputs["metadata"]["namespace"] == pod.namespace)


def _allows(spec: Mapping[str, Any], pod: Pod, other: Endpoint, direction: str, port: int, protocol: str) -> bool:
    key, peers = ("ingress", "from") if direction == "Ingress" else ("egress", "to")
    for rule in spec.get(key) or ():
        to_port = not rule.get("ports") or any(
            item.get("protocol", "TCP") == protocol and item.get("port", port) == port for item in rule["ports"]
        )
        if to_port and (not rule.get(peers) or any(_is_peer(peer, pod, other) for peer in rule[peers])):
            return True
    return False


def _is_peer(peer: Mapping[str, Any], pod: Pod, other: Endpoint) -> bool:
    if block := peer.get("ipBlock"):
        inside = isinstance(other, Host) and bool(other.address) and _inside(other.address, block["cidr"])
        return inside and not any(
            _inside(str(getattr(other, "address", "")), cidr) for cidr in block.get("except") or ()
        )
    if not isinstance(other, Pod) or other.cluster != pod.cluster:
        return False
    if "namespaceSelector" in peer:
        in_namespace = _selects(peer["namespaceSelector"], {NAME: other.namespace})
    else:
        in_namespace = other.namespace == pod.namespace
    return in_namespace and _selects(peer.get("podSelector") or {}, other.labels)


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    if selector.get("matchExpressions"):
        raise NotImplementedError("policies of the platform use no matchExpressions")
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())


def _inside(address: str, cidr: str) -> bool:
    return IPv4Address(address) in IPv4Network(cidr)


def _by_name(graph: Graph, pod: Pod, host: Host, port: int, protocol: str) -> bool:
    """Whether an FQDNNetworkPolicy of GKE allows the host; it adds to the NetworkPolicies."""
    for node in graph.of_type(FQDN):
        if _is_in(graph, node, pod):
            for rule in _spec(node)["egress"]:
                to_port = any(item["port"] == port and item["protocol"] == protocol for item in rule["ports"])
                if to_port and any(match.get("name") == host.name for match in rule["matches"]):
                    return True
    return False
