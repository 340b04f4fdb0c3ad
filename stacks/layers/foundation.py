"""APIs, the shared VPC, and project roles of groups."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components.group_access import GroupAccess, GroupAccessArgs
from components.network import SharedVpc, SharedVpcArgs, SubnetArgs
from components.project_services import ProjectServices, ProjectServicesArgs
from stacks import grants, labels
from stacks.settings import Settings

HOST_SERVICES = (
    "compute.googleapis.com",
    "container.googleapis.com",
    "dns.googleapis.com",
    "servicenetworking.googleapis.com",
)
# Finds clusters and connects to their API servers, which then check their own bindings: the role has clusters.get,
# .list and .connect, which the DNS endpoint requires (gcp/roles/container.clusterViewer.json of
# github.com/iann0036/iam-dataset at 2073fa52a, 2026-08-22; in 2020 it had no .connect).
CLUSTER_VIEWER = "roles/container.clusterViewer"
SERVICE_SERVICES = (
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "bigqueryconnection.googleapis.com",
    "billingbudgets.googleapis.com",
    "binaryauthorization.googleapis.com",
    "cloudkms.googleapis.com",
    "compute.googleapis.com",
    "container.googleapis.com",
    # Scans every pushed image; billed by image.
    "containerscanning.googleapis.com",
    "containersecurity.googleapis.com",
    # Records automatically which table and file was derived from which.
    "datalineage.googleapis.com",
    "dataplex.googleapis.com",
    "file.googleapis.com",
    "gkebackup.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "secretmanager.googleapis.com",
    "sqladmin.googleapis.com",
    "storage.googleapis.com",
    "sts.googleapis.com",
)
# APIs of a gateway for several clusters.
GATEWAY_SERVICES = (
    "dns.googleapis.com",
    "gkehub.googleapis.com",
    "multiclusteringress.googleapis.com",
    "multiclusterservicediscovery.googleapis.com",
    "trafficdirector.googleapis.com",
)


def services(settings: Settings, *, google: gcp.Provider) -> tuple[ProjectServices, ProjectServices]:
    """The enabled APIs of the host project and of the service project."""
    gateway = () if settings.gateway is None else GATEWAY_SERVICES
    projects = {
        "host": (settings.projects.host, HOST_SERVICES),
        "service": (settings.projects.service, SERVICE_SERVICES + gateway),
    }
    host, service = (
        ProjectServices(
            f"{key}-apis",
            ProjectServicesArgs(project=project, services=services),
            pulumi.ResourceOptions(provider=google),
        )
        for key, (project, services) in projects.items()
    )
    return host, service


def network(settings: Settings, *, google: gcp.Provider, apis: ProjectServices) -> SharedVpc:
    """The shared VPC."""
    network = settings.network
    return SharedVpc(
        "vpc",
        SharedVpcArgs(
            network_name=network.name,
            host_project=settings.projects.host,
            service_project=settings.projects.service,
            service_project_number=settings.projects.service_number,
            subnets={
                key: SubnetArgs(region=subnet.region, cidr=subnet.cidr, secondary=subnet.secondary)
                for key, subnet in network.subnets.items()
            },
            private_services=network.private_services,
            control_planes={key: cluster.control_plane_cidr for key, cluster in settings.clusters.items()},
            webhook_ports=network.webhook_ports,
            nat_ports_per_vm=network.nat_ports_per_vm,
            flow_log_sampling=network.flow_log_sampling,
            labels=labels.shared(settings),
        ),
        pulumi.ResourceOptions(provider=google, depends_on=[apis]),
    )


def groups(settings: Settings, *, google: gcp.Provider, apis: ProjectServices) -> None:
    """Roles of groups on the service project."""
    members = {group for team in settings.teams.values() for group in team.members}
    for key, group in settings.groups.items():
        # Bindings in a namespace have no effect without access to the cluster's endpoint.
        viewer = {CLUSTER_VIEWER: None} if key in members else {}
        GroupAccess(
            f"group-{key}",
            GroupAccessArgs(settings.projects.service, group.email, {**viewer, **grants.roles(group.project_roles)}),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )
