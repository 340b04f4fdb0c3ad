"""The platform from top to bottom: the one file that knows every component.

Order is dependency. Arguments come from the settings or from the attributes of what stands above.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components.bucket import Bucket, BucketArgs, GrantArgs
from components.bucket_mount import BucketMount, BucketMountArgs
from components.cluster import Cluster, ClusterArgs, ClusterNetworkArgs, MaintenanceArgs, SystemPoolArgs
from components.gpu_pool import GpuMachineArgs, GpuPool, GpuPoolArgs
from components.group_access import GroupAccess, GroupAccessArgs
from components.network import SharedVpc, SharedVpcArgs, SubnetArgs, node_tag
from components.node_account import NodeAccount, NodeAccountArgs
from components.project_services import ProjectServices, ProjectServicesArgs
from components.team_namespace import WORKLOAD, TeamNamespace, TeamNamespaceArgs
from components.workload_account import WorkloadAccount, WorkloadAccountArgs
from stacks import labels, providers
from stacks.settings import Settings
from stacks.settings.clusters import Capacity
from stacks.settings.clusters import Cluster as ClusterSettings

HOST_SERVICES = (
    "compute.googleapis.com",
    "container.googleapis.com",
    "servicenetworking.googleapis.com",
)
SERVICE_SERVICES = (
    "artifactregistry.googleapis.com",
    "compute.googleapis.com",
    "container.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "storage.googleapis.com",
)


@dataclass(frozen=True)
class Platform:
    """What the program declared, by the keys of the settings."""

    vpc: SharedVpc
    clusters: dict[str, Cluster]
    gpu_pools: dict[str, GpuPool]
    workloads: dict[str, WorkloadAccount]
    buckets: dict[str, Bucket]

    def export(self) -> None:
        """Publish what people and runbooks look up."""
        outputs: dict[str, Any] = {
            "network": self.vpc.network.self_link,
            "clusterEndpoints": {key: cluster.dns_endpoint for key, cluster in self.clusters.items()},
            "workloadAccounts": {key: account.email for key, account in self.workloads.items()},
            "buckets": {key: bucket.bucket.url for key, bucket in self.buckets.items()},
        }
        for name, value in outputs.items():
            pulumi.export(name, value)


def build(settings: Settings) -> Platform:
    """Declare the whole platform."""
    google = providers.google(settings)
    host, service = _services(settings, google)
    vpc = _network(settings, google, host)
    _groups(settings, google, service)
    clusters = _clusters(settings, google, vpc, service)
    gpu_pools = _gpu_pools(settings, google, clusters)
    workloads = _workloads(settings, google, clusters)
    buckets = _buckets(settings, google, workloads, service)
    kubernetes = {
        key: providers.kubernetes(key, cluster.dns_endpoint, cluster.system_pool)
        for key, (cluster, _) in clusters.items()
    }
    namespaces = _namespaces(settings, kubernetes, workloads)
    _mounts(settings, kubernetes, namespaces, buckets)
    return Platform(
        vpc=vpc,
        clusters={key: cluster for key, (cluster, _) in clusters.items()},
        gpu_pools=gpu_pools,
        workloads=workloads,
        buckets=buckets,
    )


def _services(settings: Settings, google: gcp.Provider) -> tuple[ProjectServices, ProjectServices]:
    """The APIs of both projects."""
    projects = {
        "host": (settings.projects.host, HOST_SERVICES),
        "service": (settings.projects.service, SERVICE_SERVICES),
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


def _network(settings: Settings, google: gcp.Provider, apis: ProjectServices) -> SharedVpc:
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


def _groups(settings: Settings, google: gcp.Provider, apis: ProjectServices) -> None:
    """What groups of people may do in the service project."""
    for key, group in settings.groups.items():
        GroupAccess(
            f"group-{key}",
            GroupAccessArgs(project=settings.projects.service, group=group.email, roles=group.project_roles),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )


def _clusters(
    settings: Settings, google: gcp.Provider, vpc: SharedVpc, apis: ProjectServices
) -> dict[str, tuple[Cluster, NodeAccount]]:
    """Each cluster with the account that its nodes run as."""
    built = {}
    for key, entry in settings.clusters.items():
        account = NodeAccount(
            f"nodes-{key}",
            NodeAccountArgs(project=settings.projects.service, account_id=f"gke-{key}-nodes"),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )
        cluster = Cluster(
            f"cluster-{key}",
            _cluster_args(settings, key, entry, vpc, account),
            # The grants of the shared VPC come first: without them creation hangs until it times out.
            pulumi.ResourceOptions(provider=google, depends_on=[vpc], protect=entry.deletion_protection),
        )
        built[key] = (cluster, account)
    return built


def _cluster_args(
    settings: Settings, key: str, entry: ClusterSettings, vpc: SharedVpc, account: NodeAccount
) -> ClusterArgs:
    pool = entry.system_pool
    return ClusterArgs(
        cluster_name=key,
        project=settings.projects.service,
        region=entry.region,
        zones=entry.zones,
        network=ClusterNetworkArgs(
            network=vpc.network.self_link,
            subnet=vpc.subnets[entry.subnet].self_link,
            pod_range=entry.pod_range,
            service_range=entry.service_range,
            control_plane_cidr=entry.control_plane_cidr,
            node_tag=node_tag(key),
        ),
        node_account=account.email,
        release_channel=entry.release_channel.value,
        maintenance=MaintenanceArgs(
            start=entry.maintenance.start, end=entry.maintenance.end, recurrence=entry.maintenance.recurrence
        ),
        system_pool=SystemPoolArgs(
            machine_type=pool.machine_type, disk_gb=pool.disk_gb, min_nodes=pool.min_nodes, max_nodes=pool.max_nodes
        ),
        deletion_protection=entry.deletion_protection,
        labels=labels.shared(settings),
    )


def _gpu_pools(
    settings: Settings, google: gcp.Provider, clusters: dict[str, tuple[Cluster, NodeAccount]]
) -> dict[str, GpuPool]:
    """GPU pools, after the system pool of their cluster."""
    pools = {}
    for key, entry in settings.gpu_pools.items():
        cluster, account = clusters[entry.cluster]
        pools[key] = GpuPool(
            f"gpu-{key}",
            GpuPoolArgs(
                pool_name=key,
                project=settings.projects.service,
                region=settings.clusters[entry.cluster].region,
                cluster=cluster.cluster.name,
                node_account=account.email,
                node_tag=node_tag(entry.cluster),
                zones=entry.zones,
                machine=GpuMachineArgs(
                    machine_type=entry.machine_type,
                    accelerator=entry.accelerator.value,
                    accelerators=entry.accelerators_per_node,
                    disk_gb=entry.disk_gb,
                    spot=entry.capacity is Capacity.SPOT,
                ),
                max_nodes=entry.max_nodes,
                labels=labels.shared(settings),
            ),
            pulumi.ResourceOptions(provider=google, depends_on=[cluster.system_pool]),
        )
    return pools


def _workloads(
    settings: Settings, google: gcp.Provider, clusters: dict[str, tuple[Cluster, NodeAccount]]
) -> dict[str, WorkloadAccount]:
    """The account that each team's jobs act as."""
    accounts = {}
    for key, team in settings.teams.items():
        cluster, _ = clusters[team.clusters[0]]
        accounts[key] = WorkloadAccount(
            f"workload-{key}",
            WorkloadAccountArgs(
                project=settings.projects.service,
                account_id=f"ml-{key}",
                workload_pool=cluster.workload_pool,
                namespace=key,
                kubernetes_account=WORKLOAD,
            ),
            pulumi.ResourceOptions(provider=google),
        )
    return accounts


def _buckets(
    settings: Settings, google: gcp.Provider, workloads: dict[str, WorkloadAccount], apis: ProjectServices
) -> dict[str, Bucket]:
    """Buckets with the grants of people and of workloads."""
    buckets = {}
    for key, entry in settings.buckets.items():
        people = {
            f"group-{group}": GrantArgs(f"group:{settings.groups[group].email}", access.value)
            for group, access in entry.groups.items()
        }
        jobs = {
            f"workload-{team}": GrantArgs(workloads[team].member, access.value)
            for team, access in entry.workloads.items()
        }
        buckets[key] = Bucket(
            f"data-{key}",
            BucketArgs(
                bucket_name=f"{settings.projects.service}-{key}",
                project=settings.projects.service,
                location=entry.location,
                soft_delete_days=entry.soft_delete_days,
                noncurrent_days=entry.noncurrent_days,
                expire_days=entry.expire_days,
                labels=labels.bucket(settings, entry),
                grants={**people, **jobs},
            ),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )
    return buckets


def _namespaces(
    settings: Settings, kubernetes: dict[str, k8s.Provider], workloads: dict[str, WorkloadAccount]
) -> dict[tuple[str, str], TeamNamespace]:
    """A namespace for each team in each of its clusters, by cluster and team."""
    return {
        (cluster, team): TeamNamespace(
            f"team-{cluster}.{team}",  # keys have no dots, so no two pairs make one name
            TeamNamespaceArgs(namespace=team, account=workloads[team].email, labels=labels.team(settings, team)),
            pulumi.ResourceOptions(provider=kubernetes[cluster]),
        )
        for team, entry in settings.teams.items()
        for cluster in entry.clusters
    }


def _mounts(
    settings: Settings,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
    buckets: dict[str, Bucket],
) -> None:
    """Buckets as folders in the namespaces."""
    for key, entry in settings.mounts.items():
        BucketMount(
            f"mount-{key}",
            BucketMountArgs(
                claim_name=key,
                namespace=entry.team,
                bucket=buckets[entry.bucket].bucket.name,
                read_only=entry.read_only,
                only_dir=entry.only_dir,
                metadata_ttl_seconds=entry.metadata_ttl_seconds,
                file_cache_mib=entry.file_cache_mib,
                labels=labels.team(settings, entry.team),
            ),
            pulumi.ResourceOptions(
                provider=kubernetes[entry.cluster], depends_on=[namespaces[entry.cluster, entry.team]]
            ),
        )
