"""Parts of Kubernetes network policies that several components declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component

# https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges: they also carry external traffic
LOAD_BALANCERS: Final = ("130.211.0.0/22", "35.191.0.0/16")
# https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name: the API server sets this
# label of a namespace, so its value cannot be forged
NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"

Peer = k8s.networking.v1.NetworkPolicyPeerArgs
Port = k8s.networking.v1.NetworkPolicyPortArgs


@dataclass(frozen=True)
class AllowArgs:
    """One rule of a policy: peers and their ports; None is every port."""

    peers: Sequence[Peer]
    ports: Sequence[Port] | None = None


def tcp(*ports: int) -> list[Port]:
    """TCP ports of a rule."""
    return [Port(protocol="TCP", port=port) for port in ports]


def ip_range(cidr: str) -> Peer:
    """The addresses of a range."""
    return Peer(ip_block=k8s.networking.v1.IPBlockArgs(cidr=cidr))


def pods(namespace: str | None = None, labels: Mapping[str, str] | None = None) -> Peer:
    """Pods with these labels, or all pods, of a namespace; without one, all pods of the policy's namespace."""
    selectors: dict[str, Any] = {}
    if namespace is not None:
        selectors["namespace_selector"] = k8s.meta.v1.LabelSelectorArgs(match_labels={NAMESPACE_LABEL: namespace})
    if namespace is None or labels is not None:
        selectors["pod_selector"] = _selector(labels)
    return Peer(**selectors)


def allow(
    component: Component,
    name: str,
    metadata: k8s.meta.v1.ObjectMetaArgs,
    *,
    selector: Mapping[str, str] | None = None,
    ingress: Sequence[AllowArgs] = (),
    egress: Sequence[AllowArgs] = (),
) -> None:
    """Declare a policy that allows traffic of the selected pods, or of all pods, in the directions that have rules."""
    rules = k8s.networking.v1
    k8s.networking.v1.NetworkPolicy(
        name,
        metadata=metadata,
        spec=rules.NetworkPolicySpecArgs(
            pod_selector=_selector(selector),
            policy_types=[*(["Ingress"] if ingress else []), *(["Egress"] if egress else [])],
            ingress=[rules.NetworkPolicyIngressRuleArgs(from_=rule.peers, ports=rule.ports) for rule in ingress]
            or None,
            egress=[rules.NetworkPolicyEgressRuleArgs(to=rule.peers, ports=rule.ports) for rule in egress] or None,
        ),
        opts=component.child(),
    )


def default_deny(name: str, metadata: k8s.meta.v1.ObjectMetaArgs, opts: pulumi.ResourceOptions) -> None:
    """Declare a policy that selects all pods and both directions and allows nothing."""
    k8s.networking.v1.NetworkPolicy(
        name,
        metadata=metadata,
        spec=k8s.networking.v1.NetworkPolicySpecArgs(pod_selector=_selector(None), policy_types=["Ingress", "Egress"]),
        opts=opts,
    )


def _selector(labels: Mapping[str, str] | None) -> k8s.meta.v1.LabelSelectorArgs:
    return k8s.meta.v1.LabelSelectorArgs(match_labels=dict(labels) if labels else None)
