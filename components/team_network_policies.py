"""Allow rules of a team's namespace, on top of its default deny: one network policy for each peer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels
from components._network_policy import LOAD_BALANCERS, AllowArgs, Peer, Port, allow, ip_range, pods, tcp

# DNS servers: kube-dns, the cache on each node and its address, and Cloud DNS, which answers as the metadata server:
# https://cloud.google.com/kubernetes-engine/docs/how-to/nodelocal-dns-cache, .../how-to/cloud-dns. A pod selector does
# not match an address that does not belong to a pod: https://github.com/tektoncd/operator/issues/4000.
RESOLVERS: Final = ("kube-dns", "node-local-dns")
RESOLVER_ADDRESSES: Final = ("169.254.20.10/32", "169.254.169.254/32")
# Where pods get tokens of their IAM service account, on Dataplane V2 and without it:
# https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity (network policies): 80 and 8080 of the first
# on Dataplane V2, 987 and 988 of the second on Calico since 1.21, as other users of both configure it (2026-11). Both
# addresses are link-local to the pod's node and reach no other host.
METADATA: Final[Mapping[str, Sequence[int]]] = {"169.254.169.254/32": (80, 8080), "169.254.169.252/32": (987, 988)}
HTTPS: Final = 443
FQDN_API: Final = "networking.gke.io/v1alpha1"


@dataclass(frozen=True)
class DestinationArgs:
    """External destinations that pods may reach on TCP ports: address ranges, host names, or both."""

    cidrs: Sequence[str]
    hosts: Sequence[str]
    ports: Sequence[int]


@dataclass(frozen=True)
class ServiceArgs:
    """Pods of a platform service that the team's pods may call on TCP ports."""

    namespace: str
    pods: Mapping[str, str]
    ports: Sequence[int]


@dataclass(frozen=True)
class TeamNetworkPoliciesArgs:
    """The peers that may call the team's pods, and those that the team's pods may call.

    `proxies` are the proxy-only subnets of internal load balancers, `callers` the platform namespaces whose pods may
    call the team's, by purpose; `google_apis` and `control_plane` are address ranges. Load balancers, the metadata
    server and Google's APIs are allowed only if `in_google`.
    """

    namespace: str
    labels: Labels
    proxies: Sequence[str]
    callers: Mapping[str, str]
    google_apis: Sequence[str]
    control_plane: Sequence[str]
    services: Mapping[str, ServiceArgs] = field(default_factory=dict)
    destinations: Mapping[str, DestinationArgs] = field(default_factory=dict)
    control_plane_ports: Sequence[int] = (HTTPS,)
    in_google: bool = True


class TeamNetworkPolicies(Component):
    """Network policies that allow traffic; needs a Kubernetes provider and a namespace that denies it by default.

    Policies are additive, so other components may allow more. Probes of the kubelet are always allowed
    (https://kubernetes.io/docs/concepts/services-networking/network-policies), and so are mounts, since the node
    fetches files and secrets.
    """

    def __init__(self, name: str, args: TeamNetworkPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare one policy for each peer."""
        super().__init__(name, opts)
        self.name = name
        self.args = args
        own_pods = [AllowArgs([pods()])]
        self._allow("own-pods", ingress=own_pods, egress=own_pods)
        for key, namespace in args.callers.items():
            self._allow(f"from-{key}", ingress=[AllowArgs([pods(namespace)])])
        self._allow("to-dns", egress=[AllowArgs(_resolvers(in_google=args.in_google), _dns_ports())])
        # Only pods that ask for a token get one, and RBAC decides what the token allows. In Google Cloud, the service
        # `kubernetes` resolves to an address of the control plane's range.
        self._allow(
            "to-control-plane",
            egress=[AllowArgs([ip_range(cidr) for cidr in args.control_plane], tcp(*args.control_plane_ports))],
        )
        if args.in_google:
            self._google()
        for key, service in args.services.items():
            self._allow(f"to-{key}", egress=[AllowArgs([pods(service.namespace, service.pods)], tcp(*service.ports))])
        for key, destination in args.destinations.items():
            self._destination(f"outside-{key}", destination)
        self.register_outputs({})

    def _google(self) -> None:
        """Load balancers, the metadata server and Google's APIs."""
        balancers = [ip_range(cidr) for cidr in (*LOAD_BALANCERS, *self.args.proxies)]
        self._allow("from-load-balancers", ingress=[AllowArgs(balancers)])
        self._allow(
            "to-metadata-server",
            egress=[AllowArgs([ip_range(address)], tcp(*ports)) for address, ports in METADATA.items()],
        )
        apis = [ip_range(cidr) for cidr in self.args.google_apis]
        self._allow("to-google-apis", egress=[AllowArgs(apis, tcp(HTTPS))])

    def _destination(self, key: str, destination: DestinationArgs) -> None:
        """Egress to an external destination: a NetworkPolicy for ranges, an FQDNNetworkPolicy for host names."""
        if destination.cidrs:
            ranges = [ip_range(cidr) for cidr in destination.cidrs]
            self._allow(key, egress=[AllowArgs(ranges, tcp(*destination.ports))])
        if destination.hosts:
            ports = [{"protocol": "TCP", "port": port} for port in destination.ports]
            k8s.apiextensions.CustomResource(
                f"{self.name}-{key}-hosts",
                api_version=FQDN_API,
                kind="FQDNNetworkPolicy",
                metadata=self._metadata(key),
                spec={
                    "podSelector": {},
                    "egress": [{"matches": [{"name": host} for host in destination.hosts], "ports": ports}],
                },
                opts=self.child(),
            )

    def _allow(self, key: str, *, ingress: Sequence[AllowArgs] = (), egress: Sequence[AllowArgs] = ()) -> None:
        allow(self, f"{self.name}-{key}", self._metadata(key), ingress=ingress, egress=egress)

    def _metadata(self, key: str) -> k8s.meta.v1.ObjectMetaArgs:
        return k8s.meta.v1.ObjectMetaArgs(name=key, namespace=self.args.namespace, labels=dict(self.args.labels))


def _dns_ports() -> list[Port]:
    return [Port(protocol=protocol, port=53) for protocol in ("UDP", "TCP")]


def _resolvers(*, in_google: bool) -> list[Peer]:
    resolvers = [pods("kube-system", {"k8s-app": resolver}) for resolver in RESOLVERS]
    return [*resolvers, *(ip_range(address) for address in RESOLVER_ADDRESSES)] if in_google else resolvers
