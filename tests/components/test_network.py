"""Tests of `components.network`."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from components.network import SharedVpc, SharedVpcArgs, SubnetArgs, node_tag
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs

VPC = SharedVpcArgs(
    network_name="shared",
    host_project="ml-host",
    service_project="ml-service",
    service_project_number="123456789012",
    subnets={
        "ml": SubnetArgs(
            "europe-west4",
            IPv4Network("10.0.0.0/20"),
            {"pods": IPv4Network("10.4.0.0/14"), "services": IPv4Network("10.8.0.0/20")},
        ),
        "batch": SubnetArgs("europe-west4", IPv4Network("10.0.16.0/20")),
        "dr": SubnetArgs("europe-west1", IPv4Network("10.0.32.0/20")),
    },
    private_services=IPv4Network("10.100.0.0/16"),
    control_planes={"ml": IPv4Network("172.16.0.0/28")},
    webhook_ports=[9443, 8443],
    nat_ports_per_vm=64,
    flow_log_sampling=0.5,
    labels={"environment": "test"},
)
GKE = "serviceAccount:service-123456789012@container-engine-robot.iam.gserviceaccount.com"
APIS = "serviceAccount:123456789012@cloudservices.gserviceaccount.com"


def _graph() -> Graph:
    return declare(lambda: SharedVpc("vpc", VPC))


def test_network_declares_a_nat_for_each_region_and_grants_for_each_subnet() -> None:
    """Two subnets of a region share its NAT."""
    router, nat = "gcp:compute/router:Router", "gcp:compute/routerNat:RouterNat"
    subnet, grant = "gcp:compute/subnetwork:Subnetwork", "gcp:compute/subnetworkIAMMember:SubnetworkIAMMember"

    assert declared(_graph()) == {
        "vpc-host": "gcp:compute/sharedVPCHostProject:SharedVPCHostProject",
        "vpc-service": "gcp:compute/sharedVPCServiceProject:SharedVPCServiceProject",
        "vpc-network": "gcp:compute/network:Network",
        **{f"vpc-{key}": subnet for key in VPC.subnets},
        **{f"vpc-{key}-{agent}": grant for key in VPC.subnets for agent in ("gke", "apis")},
        **{f"vpc-router-{region}": router for region in ("europe-west1", "europe-west4")},
        **{f"vpc-nat-{region}": nat for region in ("europe-west1", "europe-west4")},
        "vpc-private-services-range": "gcp:compute/globalAddress:GlobalAddress",
        "vpc-private-services": "gcp:servicenetworking/connection:Connection",
        "vpc-webhooks-ml": "gcp:compute/firewall:Firewall",
        "vpc-host-agent": "gcp:projects/iAMMember:IAMMember",
    }


def test_network_is_global_in_the_host_project_without_automatic_subnets() -> None:
    """The network is created once its project is a host project."""
    graph = _graph()

    assert inputs(graph, "vpc-network") == {
        "name": "shared",
        "project": "ml-host",
        "autoCreateSubnetworks": False,
        "routingMode": "GLOBAL",
    }
    assert depends_on(graph, "vpc-network") == {"vpc-host"}


def test_network_service_project_is_attached_to_the_host_project() -> None:
    """An attachment needs a host project."""
    graph = _graph()

    assert inputs(graph, "vpc-host") == {"project": "ml-host"}
    assert inputs(graph, "vpc-service") == {"hostProject": "ml-host", "serviceProject": "ml-service"}
    assert depends_on(graph, "vpc-service") == {"vpc-host"}


def test_subnet_has_secondary_ranges_private_access_and_sampled_flow_logs() -> None:
    """Machines without external addresses reach Google APIs."""
    graph = _graph()
    subnet = inputs(graph, "vpc-ml")
    subnet.pop("network")

    assert subnet == {
        "name": "ml",
        "project": "ml-host",
        "region": "europe-west4",
        "ipCidrRange": "10.0.0.0/20",
        "secondaryIpRanges": [
            {"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"},
            {"rangeName": "services", "ipCidrRange": "10.8.0.0/20"},
        ],
        "privateIpGoogleAccess": True,
        "logConfig": {
            "aggregationInterval": "INTERVAL_5_SEC",
            "flowSampling": 0.5,
            "metadata": "INCLUDE_ALL_METADATA",
        },
    }
    assert inputs(graph, "vpc-batch")["secondaryIpRanges"] == []
    assert depends_on(graph, "vpc-ml") == {"vpc-network"}


def test_nat_allocates_ports_dynamically_and_logs_errors() -> None:
    """A training job opens more connections from one node than a static number of ports allows."""
    graph = _graph()
    router = inputs(graph, "vpc-router-europe-west4")
    router.pop("network")

    assert inputs(graph, "vpc-nat-europe-west4") == {
        "name": "shared-europe-west4",
        "project": "ml-host",
        "region": "europe-west4",
        "router": "shared-europe-west4",
        "natIpAllocateOption": "AUTO_ONLY",
        "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
        "enableDynamicPortAllocation": True,
        "enableEndpointIndependentMapping": False,
        "minPortsPerVm": 64,
        "maxPortsPerVm": 65536,
        "logConfig": {"enable": True, "filter": "ERRORS_ONLY"},
    }
    assert router == {"name": "shared-europe-west4", "project": "ml-host", "region": "europe-west4"}
    assert depends_on(graph, "vpc-router-europe-west4") == {"vpc-network"}
    assert depends_on(graph, "vpc-nat-europe-west4") == {"vpc-router-europe-west4"}


def test_private_services_have_a_reserved_range_and_a_peering() -> None:
    """A left-over range of a deleted connection does not fail the creation of the peering."""
    graph = _graph()
    reserved, connection = (inputs(graph, f"vpc-private-services{suffix}") for suffix in ("-range", ""))
    reserved.pop("network")
    connection.pop("network")

    assert reserved == {
        "name": "shared-private-services",
        "project": "ml-host",
        "purpose": "VPC_PEERING",
        "addressType": "INTERNAL",
        "address": "10.100.0.0",
        "prefixLength": 16,
        "labels": {"environment": "test"},
    }
    assert connection == {
        "service": "servicenetworking.googleapis.com",
        "reservedPeeringRanges": ["shared-private-services"],
        "updateOnCreationFail": True,
    }
    assert depends_on(graph, "vpc-private-services-range") == {"vpc-network"}
    assert depends_on(graph, "vpc-private-services") == {"vpc-network", "vpc-private-services-range"}


def test_control_plane_may_call_webhooks_on_the_nodes_of_its_cluster() -> None:
    """The rule is limited to the range of the control plane, the tag of the nodes and the ports."""
    rule = inputs(_graph(), "vpc-webhooks-ml")
    rule.pop("network")

    assert rule == {
        "name": "shared-ml-webhooks",
        "project": "ml-host",
        "description": "control plane of cluster ml to the admission webhooks on its nodes",
        "direction": "INGRESS",
        "sourceRanges": ["172.16.0.0/28"],
        "targetTags": ["gke-ml-node"],
        "allows": [{"protocol": "tcp", "ports": ["9443", "8443"]}],
    }
    assert depends_on(_graph(), "vpc-webhooks-ml") == {"vpc-network"}


def test_node_tag_has_the_cluster() -> None:
    """Pools and firewall rules use the same tag."""
    assert node_tag("batch") == "gke-batch-node"


@pytest.mark.parametrize(("agent", "member"), [("gke", GKE), ("apis", APIS)])
def test_service_agents_may_use_each_subnet_after_the_attachment(agent: str, member: str) -> None:
    """Without these grants the creation of a cluster hangs until it times out."""
    graph = _graph()

    assert inputs(graph, f"vpc-dr-{agent}") == {
        "project": "ml-host",
        "region": "europe-west1",
        "subnetwork": "dr",
        "role": "roles/compute.networkUser",
        "member": member,
    }
    assert depends_on(graph, f"vpc-dr-{agent}") == {"vpc-dr", "vpc-service"}


def test_gke_agent_may_manage_firewall_rules_of_the_host_project() -> None:
    """Only the agent of GKE has the role."""
    graph = _graph()

    assert inputs(graph, "vpc-host-agent") == {
        "project": "ml-host",
        "role": "roles/container.hostServiceAgentUser",
        "member": GKE,
    }
    assert depends_on(graph, "vpc-host-agent") == {"vpc-service"}


def test_network_outputs_are_the_network_the_subnets_and_the_peering() -> None:
    """Other components use subnets by key and wait for the peering."""

    def program() -> None:
        vpc = SharedVpc("vpc", VPC)
        assert set(vpc.subnets) == {"ml", "batch", "dr"}
        assert vpc.private_services._name == "vpc-private-services"

    declare(program)
