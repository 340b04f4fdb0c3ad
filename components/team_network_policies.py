"""What gets through the walls of a team's namespace: each way in and each way out is a policy with its own name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

# https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges: they also carry external traffic
LOAD_BALANCERS: Final = ("130.211.0.0/22", "35.191.0.0/16")
# Who answers for names: kube-dns, the cache on each node and its address, and Cloud DNS, which answers as the metadata
# server: https://cloud.google.com/kubernetes-engine/docs/how-to/nodelocal-dns-cache, .../how-to/cloud-dns. No selector
# matches an address that is no pod's: https://github.com/tektoncd/operator/issues/4000.
RESOLVERS: Final = ("kube-dns", "node-local-dns")
RESOLVER_ADDRESSES: Final = ("169.254.20.10/32", "169.254.169.254/32")
# Where pods get the tokens of their IAM account, on Dataplane V2 and without it:
# https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity (network policies): 80 and 8080 of the first
# on Dataplane V2, 987 and 988 of the second on Calico since 1.21, as other users of both have it (2026-11). Both
# addresses are of the node that a pod is on, and lead nowhere else.
METADATA: Final[Mapping[str, Sequence[int]]] = {"169.254.169.254/32": (80, 8080), "169.254.169.252/32": (987, 988)}
HTTPS: Final = 443
FQDN_API: Final = "networking.gke.io/v1alpha1"
# https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name: nobody can set another
NAMESPACE: Final = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class OutsideArgs:
    """Places outside of the network that pods may reach on TCP ports: ranges, host names, or both."""

    cidrs: Sequence[str]
    hosts: Sequence[str]
    ports: Sequence[int]


@dataclass(frozen=True)
class ServiceArgs:
    """Pods of the platform that a team's pods may call on TCP ports."""

    namespace: str
    pods: Mapping[str, str]
    ports: Sequence[int]


@dataclass(frozen=True)
class TeamNetworkPoliciesArgs:
    """Who may call the team's pods, and what they may call.

    `proxies` are the ranges from which internal load balancers speak to pods, `callers` namespaces of the platform
    whose pods do, by what they are for; `google_apis` and `control_plane` are ranges. Only `in_google` there are load
    balancers, a metadata server and APIs.
    """

    namespace: str
    labels: Labels
    proxies: Sequence[str]
    callers: Mapping[str, str]
    google_apis: Sequence[str]
    control_plane: Sequence[str]
    services: Mapping[str, ServiceArgs] = field(default_factory=dict)
    outside: Mapping[str, OutsideArgs] = field(default_factory=dict)
    control_plane_ports: Sequence[int] = (HTTPS,)
    in_google: bool = True


class TeamNetworkPolicies(Component):
    """The ways through; needs a Kubernetes provider, and a namespace that lets nothing through by itself.

    Policies only ever add to each other, so another component may open a way of its own. Probes of the kubelet always
    get through (https://kubernetes.io/docs/concepts/services-networking/network-policies), and so do mounts: files and
    secrets are fetched by the node.
    """

    def __init__(self, name: str, args: TeamNetworkPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare them."""
        super().__init__(name, opts)
        self.args = args
        own = [_peer(pods={})]
        self._policy(name, "own-pods", ingress=own, egress=own)
        for key, namespace in args.callers.items():
            self._policy(name, f"from-{key}", ingress=[_peer(namespace)])
        self._policy(name, "to-dns", ports=_dns_ports(), egress=_resolvers(in_google=args.in_google))
        # A token is in no pod that did not ask for one; what a token may do is for roles to say. In a cloud, pods reach
        # the API server by the service `kubernetes`, which leads to its range.
        control_plane = [_range(one) for one in args.control_plane]
        self._policy(name, "to-control-plane", ports=tcp(args.control_plane_ports), egress=control_plane)
        if args.in_google:
            self._google(name)
        for key, service in args.services.items():
            self._policy(name, f"to-{key}", ports=tcp(service.ports), egress=[_peer(service.namespace, service.pods)])
        for key, outside in args.outside.items():
            self._outside(name, f"outside-{key}", outside)
        self.register_outputs({})

    def _google(self, name: str) -> None:
        """Who speaks from Google to pods, and where pods get their tokens and use them."""
        balancers = [_range(one) for one in (*LOAD_BALANCERS, *self.args.proxies)]
        self._policy(name, "from-load-balancers", ingress=balancers)
        self._rules(name, "to-metadata-server", [_out([_range(to)], tcp(ports)) for to, ports in METADATA.items()])
        apis = [_range(one) for one in self.args.google_apis]
        self._policy(name, "to-google-apis", ports=tcp([HTTPS]), egress=apis)

    def _outside(self, name: str, key: str, to: OutsideArgs) -> None:
        """A way out of the network: by ranges in a policy of Kubernetes, by names in one of GKE."""
        if to.cidrs:
            self._policy(name, key, ports=tcp(to.ports), egress=[_range(cidr) for cidr in to.cidrs])
        if to.hosts:
            ports = [{"protocol": "TCP", "port": port} for port in to.ports]
            k8s.apiextensions.CustomResource(
                f"{name}-{key}-hosts",
                api_version=FQDN_API,
                kind="FQDNNetworkPolicy",
                metadata=self._metadata(key),
                spec={
                    "podSelector": {},
                    "egress": [{"matches": [{"name": host} for host in to.hosts], "ports": ports}],
                },
                opts=self.child(),
            )

    def _policy(
        self,
        name: str,
        key: str,
        *,
        ingress: list[_Peer] | None = None,
        egress: list[_Peer] | None = None,
        ports: list[_Port] | None = None,
    ) -> None:
        """A policy with one rule in each direction that it names."""
        way_in = k8s.networking.v1.NetworkPolicyIngressRuleArgs(from_=ingress, ports=ports)
        self._rules(name, key, [] if egress is None else [_out(egress, ports)], None if ingress is None else way_in)

    def _rules(
        self,
        name: str,
        key: str,
        egress: list[k8s.networking.v1.NetworkPolicyEgressRuleArgs],
        ingress: k8s.networking.v1.NetworkPolicyIngressRuleArgs | None = None,
    ) -> None:
        types = [*(["Ingress"] if ingress is not None else []), *(["Egress"] if egress else [])]
        k8s.networking.v1.NetworkPolicy(
            f"{name}-{key}",
            metadata=self._metadata(key),
            spec=k8s.networking.v1.NetworkPolicySpecArgs(
                pod_selector=k8s.meta.v1.LabelSelectorArgs(),
                policy_types=types,
                ingress=None if ingress is None else [ingress],
                egress=egress or None,
            ),
            opts=self.child(),
        )

    def _metadata(self, key: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(name=key, namespace=self.args.namespace, labels=dict(self.args.labels))


_Peer = k8s.networking.v1.NetworkPolicyPeerArgs
_Port = k8s.networking.v1.NetworkPolicyPortArgs


def tcp(ports: Sequence[int]) -> list[_Port]:
    """TCP ports of a policy."""
    return [_Port(protocol="TCP", port=port) for port in ports]


def _dns_ports() -> list[_Port]:
    return [_Port(protocol=protocol, port=53) for protocol in ("UDP", "TCP")]


def _out(to: list[_Peer], ports: list[_Port] | None) -> k8s.networking.v1.NetworkPolicyEgressRuleArgs:
    return k8s.networking.v1.NetworkPolicyEgressRuleArgs(to=to, ports=ports)


def _range(cidr: str) -> _Peer:
    return _Peer(ip_block=k8s.networking.v1.IPBlockArgs(cidr=cidr))


def _peer(namespace: str | None = None, pods: Mapping[str, str] | None = None) -> _Peer:
    """Pods with these labels, or all, of a namespace, or of the policy's own where none is named."""
    selector: dict[str, Any] = {}
    if namespace is not None:
        selector["namespace_selector"] = k8s.meta.v1.LabelSelectorArgs(match_labels={NAMESPACE: namespace})
    if pods is not None:
        selector["pod_selector"] = k8s.meta.v1.LabelSelectorArgs(match_labels=dict(pods) or None)
    return _Peer(**selector)


def _resolvers(*, in_google: bool) -> list[_Peer]:
    pods = [_peer("kube-system", {"k8s-app": resolver}) for resolver in RESOLVERS]
    return [*pods, *(_range(address) for address in RESOLVER_ADDRESSES)] if in_google else pods
