"""What network policies let through, decided as Kubernetes does, on the policies of a declared graph.

https://kubernetes.io/docs/concepts/services-networking/network-policies: a pod that no policy of a direction selects is
open in it; otherwise what any of them lets through gets through. A connection needs the way out and the way in.
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
    """A pod: where it runs and what it is called by. `cluster` names the provider."""

    cluster: str
    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Host:
    """What is no pod: an address, a name that somebody looked up, or both."""

    address: str = ""
    name: str = ""


Place = Pod | Host


def allowed(graph: Graph, source: Place, to: Place, port: int, protocol: str = "TCP") -> bool:
    """Whether a connection from one place to the other gets through all walls."""
    way_out = not isinstance(source, Pod) or _passes(graph, source, to, "Egress", port, protocol)
    return way_out and (not isinstance(to, Pod) or _passes(graph, to, source, "Ingress", port, protocol))


def _passes(graph: Graph, pod: Pod, other: Place, direction: str, port: int, protocol: str) -> bool:
    policies = [spec for spec in _policies(graph, pod) if direction in spec["policyTypes"]]
    if not policies or any(_lets(spec, pod, other, direction, port, protocol) for spec in policies):
        return True
    return direction == "Egress" and isinstance(other, Host) and _by_name(graph, pod, other, port, protocol)


def _policies(graph: Graph, pod: Pod) -> Iterator[Mapping[str, Any]]:
    for node in graph:
        if node.type == POLICY and _is_in(graph, node, pod) and _selects(_spec(node)["podSelector"], pod.labels):
            yield _spec(node)


def _spec(node: Node) -> Mapping[str, Any]:
    found: Mapping[str, Any] = node.inputs["spec"]
    return found


def _is_in(graph: Graph, node: Node, pod: Pod) -> bool:
    provider = graph.provider_of(node)
    here = provider is not None and provider.name == f"kubernetes-{pod.cluster}"
    return here and bool(node.inputs["metadata"]["namespace"] == pod.namespace)


def _lets(spec: Mapping[str, Any], pod: Pod, other: Place, direction: str, port: int, protocol: str) -> bool:
    key, peers = ("ingress", "from") if direction == "Ingress" else ("egress", "to")
    for rule in spec.get(key) or ():
        to_port = not rule.get("ports") or any(
            one.get("protocol", "TCP") == protocol and one.get("port", port) == port for one in rule["ports"]
        )
        if to_port and (not rule.get(peers) or any(_is_peer(peer, pod, other) for peer in rule[peers])):
            return True
    return False


def _is_peer(peer: Mapping[str, Any], pod: Pod, other: Place) -> bool:
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
        raise NotImplementedError("no policy of the platform selects by expressions")
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())


def _inside(address: str, cidr: str) -> bool:
    return IPv4Address(address) in IPv4Network(cidr)


def _by_name(graph: Graph, pod: Pod, host: Host, port: int, protocol: str) -> bool:
    """GKE's own policies add to those of Kubernetes: a name that was looked up is let out to."""
    for node in graph:
        if node.type == FQDN and _is_in(graph, node, pod):
            for rule in _spec(node)["egress"]:
                to_port = any(one["port"] == port and one["protocol"] == protocol for one in rule["ports"])
                if to_port and any(match.get("name") == host.name for match in rule["matches"]):
                    return True
    return False
