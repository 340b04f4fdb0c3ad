"""The shared VPC: one network in a host project, used by a service project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels


@dataclass(frozen=True)
class SubnetArgs:
    """One subnet: its region, its range, and its secondary ranges by name."""

    region: str
    cidr: IPv4Network
    secondary: Mapping[str, IPv4Network] = field(default_factory=dict)


@dataclass(frozen=True)
class SharedVpcArgs:
    """The network. `control_planes` are the control plane ranges by cluster; `webhook_ports` are TCP ports."""

    network_name: str
    host_project: str
    service_project: str
    service_project_number: str
    subnets: Mapping[str, SubnetArgs]
    private_services: IPv4Network
    control_planes: Mapping[str, IPv4Network]
    webhook_ports: Sequence[int]
    nat_ports_per_vm: int
    flow_log_sampling: float
    labels: Labels


def node_tag(cluster: str) -> str:
    """The network tag of a cluster's nodes, the target of firewall rules, which cannot name a node pool."""
    return f"gke-{cluster}-node"


class SharedVpc(Component):
    """Host project, network, subnets, NAT, private service access, and the grants of the service project.

    The only firewall rules are those of webhooks: GKE creates the rules of nodes and load balancers automatically.
    """

    network: gcp.compute.Network
    subnets: dict[str, gcp.compute.Subnetwork]
    private_services: gcp.servicenetworking.Connection

    def __init__(self, name: str, args: SharedVpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the network in the host project and attach the service project to it."""
        super().__init__(name, opts)
        host = gcp.compute.SharedVPCHostProject(f"{name}-host", project=args.host_project, opts=self.child())
        attachment = gcp.compute.SharedVPCServiceProject(
            f"{name}-service",
            host_project=args.host_project,
            service_project=args.service_project,
            opts=self.child(depends_on=[host]),
        )
        self.network = gcp.compute.Network(
            f"{name}-network",
            name=args.network_name,
            project=args.host_project,
            auto_create_subnetworks=False,
            routing_mode="GLOBAL",
            opts=self.child(depends_on=[host]),
        )
        self.subnets = {key: self._subnet(name, key, subnet, args) for key, subnet in args.subnets.items()}
        for region in sorted({subnet.region for subnet in args.subnets.values()}):
            self._nat(name, region, args)
        self.private_services = self._private_services(name, args)
        for cluster, cidr in args.control_planes.items():
            self._webhooks(name, cluster, cidr, args)
        self._service_agents(name, args, attachment)
        self.register_outputs({"network": self.network.self_link})

    def _subnet(self, name: str, key: str, subnet: SubnetArgs, args: SharedVpcArgs) -> gcp.compute.Subnetwork:
        """A subnet whose machines reach Google APIs without external addresses."""
        return gcp.compute.Subnetwork(
            f"{name}-{key}",
            name=key,
            project=args.host_project,
            region=subnet.region,
            network=self.network.self_link,
            ip_cidr_range=str(subnet.cidr),
            secondary_ip_ranges=[
                gcp.compute.SubnetworkSecondaryIpRangeArgs(range_name=range_name, ip_cidr_range=str(cidr))
                for range_name, cidr in subnet.secondary.items()
            ],
            private_ip_google_access=True,
            log_config=gcp.compute.SubnetworkLogConfigArgs(
                aggregation_interval="INTERVAL_5_SEC",
                flow_sampling=args.flow_log_sampling,
                metadata="INCLUDE_ALL_METADATA",
            ),
            opts=self.child(),
        )

    def _nat(self, name: str, region: str, args: SharedVpcArgs) -> None:
        """Cloud NAT for private nodes, which also pull images from outside of Google's registries."""
        router = gcp.compute.Router(
            f"{name}-router-{region}",
            name=f"{args.network_name}-{region}",
            project=args.host_project,
            region=region,
            network=self.network.self_link,
            opts=self.child(),
        )
        gcp.compute.RouterNat(
            f"{name}-nat-{region}",
            name=f"{args.network_name}-{region}",
            project=args.host_project,
            region=region,
            router=router.name,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
            # A training job opens thousands of connections from one node, more than a static number of ports allows.
            enable_dynamic_port_allocation=True,
            enable_endpoint_independent_mapping=False,
            min_ports_per_vm=args.nat_ports_per_vm,
            max_ports_per_vm=65536,
            log_config=gcp.compute.RouterNatLogConfigArgs(enable=True, filter="ERRORS_ONLY"),
            opts=self.child(),
        )

    def _private_services(self, name: str, args: SharedVpcArgs) -> gcp.servicenetworking.Connection:
        """The peering by which managed services such as Cloud SQL have addresses in the network."""
        reserved = gcp.compute.GlobalAddress(
            f"{name}-private-services-range",
            name=f"{args.network_name}-private-services",
            project=args.host_project,
            network=self.network.self_link,
            purpose="VPC_PEERING",
            address_type="INTERNAL",
            address=str(args.private_services.network_address),
            prefix_length=args.private_services.prefixlen,
            labels=dict(args.labels),
            opts=self.child(),
        )
        return gcp.servicenetworking.Connection(
            f"{name}-private-services",
            network=self.network.self_link,
            service="servicenetworking.googleapis.com",
            reserved_peering_ranges=[reserved.name],
            # Creation fails where a range of a deleted connection is left over; an update succeeds.
            update_on_creation_fail=True,
            opts=self.child(),
        )

    def _webhooks(self, name: str, cluster: str, cidr: IPv4Network, args: SharedVpcArgs) -> None:
        """Allow a private control plane to call admission webhooks; GKE allows ports 443 and 10250 only."""
        gcp.compute.Firewall(
            f"{name}-webhooks-{cluster}",
            name=f"{args.network_name}-{cluster}-webhooks",
            project=args.host_project,
            network=self.network.self_link,
            description=f"control plane of cluster {cluster} to the admission webhooks on its nodes",
            direction="INGRESS",
            source_ranges=[str(cidr)],
            target_tags=[node_tag(cluster)],
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=[str(port) for port in args.webhook_ports])],
            opts=self.child(),
        )

    def _service_agents(self, name: str, args: SharedVpcArgs, attachment: gcp.compute.SharedVPCServiceProject) -> None:
        """Roles of GKE's service agents in the host project.

        Source: https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-shared-vpc#enabling_and_granting_roles.
        """
        number = args.service_project_number
        agents = {
            "gke": f"serviceAccount:service-{number}@container-engine-robot.iam.gserviceaccount.com",
            "apis": f"serviceAccount:{number}@cloudservices.gserviceaccount.com",
        }
        for key, subnet in self.subnets.items():
            for agent, member in agents.items():
                gcp.compute.SubnetworkIAMMember(
                    f"{name}-{key}-{agent}",
                    project=args.host_project,
                    region=args.subnets[key].region,
                    subnetwork=subnet.name,
                    role="roles/compute.networkUser",
                    member=member,
                    opts=self.child(depends_on=[attachment]),
                )
        gcp.projects.IAMMember(
            f"{name}-host-agent",
            project=args.host_project,
            role="roles/container.hostServiceAgentUser",
            member=agents["gke"],
            opts=self.child(depends_on=[attachment]),
        )
