"""A regional GKE cluster with private nodes and the CPU pool that its own controllers run on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any, Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels, known_name

# All that GKE can collect from the control plane and the system; DCGM is the GPUs.
# https://cloud.google.com/kubernetes-engine/docs/how-to/configure-metrics
METRICS: Final = ("SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER", "STORAGE", "POD", "DAEMONSET",
                  "DEPLOYMENT", "STATEFULSET", "HPA", "KUBELET", "CADVISOR", "DCGM")  # fmt: skip
LOGS: Final = ("SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER")


@dataclass(frozen=True)
class SystemPoolArgs:
    """The CPU pool: machine type, disk in GB, and the number of nodes over all zones."""

    machine_type: str
    disk_gb: int
    min_nodes: int
    max_nodes: int


@dataclass(frozen=True)
class AutoprovisioningArgs:
    """What the cluster may grow to by pools of its own: limits by resource, memory in GiB, and their nodes' disk."""

    limits: Mapping[str, int]
    disk_gb: int
    profile: str


@dataclass(frozen=True)
class MaintenanceArgs:
    """Which versions the cluster gets, and when: a release channel, RFC 3339 times and an RFC 5545 recurrence."""

    channel: str
    start: str
    end: str
    recurrence: str


# Who answers for the names of services, by the word of the settings, and for whom.
DNS: Final = {
    "kube-dns": ("KUBE_DNS", None),
    "cluster": ("CLOUD_DNS", "CLUSTER_SCOPE"),
    "network": ("CLOUD_DNS", "VPC_SCOPE"),
}


@dataclass(frozen=True)
class ClusterSecurityArgs:
    """Keys of secrets and of boot disks, the group of groups for role bindings, and the project of the fleet.

    What is None stays with Google's keys, without groups, and outside of any fleet.
    """

    secrets_key: pulumi.Input[str] | None
    disk_key: pulumi.Input[str] | None
    groups: str | None
    fleet_project: str | None


@dataclass(frozen=True)
class ClusterNetworkArgs:
    """Where the cluster lives in the shared VPC; the ranges are names of the subnet's secondary ranges.

    `dns` is a key of `DNS`; `fqdn_policies` lets network policies name hosts, and off again replaces the cluster.
    """

    network: pulumi.Input[str]
    subnet: pulumi.Input[str]
    pod_range: str
    service_range: str
    control_plane_cidr: IPv4Network
    node_tag: str
    dns: str
    fqdn_policies: bool


@dataclass(frozen=True)
class ClusterArgs:
    """The cluster. `node_account` is the e-mail address of the account its nodes run as."""

    cluster_name: str
    project: str
    region: str
    zones: Sequence[str]
    network: ClusterNetworkArgs
    node_account: pulumi.Input[str]
    maintenance: MaintenanceArgs
    system_pool: SystemPoolArgs
    security: ClusterSecurityArgs
    autoprovisioning: AutoprovisioningArgs | None
    deletion_protection: bool
    labels: Labels


class Cluster(Component):
    """The cluster and its system pool; `dns_endpoint` is the only way to its API server."""

    cluster: gcp.container.Cluster
    system_pool: gcp.container.NodePool
    dns_endpoint: pulumi.Output[str]
    workload_pool: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the cluster without its default pool, then the system pool beside it."""
        super().__init__(name, opts)
        self.cluster = self._cluster(name, args)
        self.system_pool = self._system_pool(name, args)
        # The id keeps it unknown until there is a cluster: a plan would otherwise take the endpoint for empty.
        self.dns_endpoint = self.cluster.id.apply(
            lambda _: self.cluster.control_plane_endpoints_config.apply(_endpoint)
        )
        # Known before there is a cluster, so that a plan shows which namespace and account a grant names.
        self.workload_pool = known_name(f"{args.project}.svc.id.goog", self.cluster)
        self.register_outputs({"name": args.cluster_name, "dnsEndpoint": self.dns_endpoint})

    def _cluster(self, name: str, args: ClusterArgs) -> gcp.container.Cluster:
        return gcp.container.Cluster(
            f"{name}-cluster",
            name=args.cluster_name,
            project=args.project,
            location=args.region,
            node_locations=list(args.zones),
            resource_labels=dict(args.labels),
            deletion_protection=args.deletion_protection,
            network=args.network.network,
            subnetwork=args.network.subnet,
            networking_mode="VPC_NATIVE",
            datapath_provider="ADVANCED_DATAPATH",
            enable_intranode_visibility=True,
            # Needs Dataplane V2 and GKE's own DNS, and no edition of GKE any more:
            # https://cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies (2026-11)
            enable_fqdn_network_policy=args.network.fqdn_policies or None,
            enable_shielded_nodes=True,
            ip_allocation_policy=gcp.container.ClusterIpAllocationPolicyArgs(
                cluster_secondary_range_name=args.network.pod_range,
                services_secondary_range_name=args.network.service_range,
            ),
            private_cluster_config=gcp.container.ClusterPrivateClusterConfigArgs(
                enable_private_nodes=True,
                enable_private_endpoint=True,
                master_ipv4_cidr_block=str(args.network.control_plane_cidr),
            ),
            # Access is decided by IAM (container.clusters.connect), not by where a packet comes from.
            control_plane_endpoints_config=gcp.container.ClusterControlPlaneEndpointsConfigArgs(
                dns_endpoint_config=gcp.container.ClusterControlPlaneEndpointsConfigDnsEndpointConfigArgs(
                    allow_external_traffic=True
                ),
                ip_endpoints_config=gcp.container.ClusterControlPlaneEndpointsConfigIpEndpointsConfigArgs(
                    enabled=False
                ),
            ),
            workload_identity_config=gcp.container.ClusterWorkloadIdentityConfigArgs(
                workload_pool=f"{args.project}.svc.id.goog"
            ),
            rbac_binding_config=gcp.container.ClusterRbacBindingConfigArgs(
                enable_insecure_binding_system_authenticated=False,
                enable_insecure_binding_system_unauthenticated=False,
            ),
            addons_config=gcp.container.ClusterAddonsConfigArgs(
                gcs_fuse_csi_driver_config=gcp.container.ClusterAddonsConfigGcsFuseCsiDriverConfigArgs(enabled=True),
                gcp_filestore_csi_driver_config=gcp.container.ClusterAddonsConfigGcpFilestoreCsiDriverConfigArgs(
                    enabled=True
                ),
                gce_persistent_disk_csi_driver_config=(
                    gcp.container.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs(enabled=True)
                ),
                gke_backup_agent_config=gcp.container.ClusterAddonsConfigGkeBackupAgentConfigArgs(enabled=True),
                # Changing this later recreates every node, so it is on from the first day.
                dns_cache_config=gcp.container.ClusterAddonsConfigDnsCacheConfigArgs(enabled=True),
            ),
            release_channel=gcp.container.ClusterReleaseChannelArgs(channel=args.maintenance.channel),
            maintenance_policy=gcp.container.ClusterMaintenancePolicyArgs(
                recurring_window=gcp.container.ClusterMaintenancePolicyRecurringWindowArgs(
                    start_time=args.maintenance.start,
                    end_time=args.maintenance.end,
                    recurrence=args.maintenance.recurrence,
                )
            ),
            logging_config=gcp.container.ClusterLoggingConfigArgs(enable_components=list(LOGS)),
            monitoring_config=gcp.container.ClusterMonitoringConfigArgs(
                enable_components=list(METRICS),
                managed_prometheus=gcp.container.ClusterMonitoringConfigManagedPrometheusArgs(enabled=True),
            ),
            **_hardening(args),
            # The bill splits by namespace and so by team.
            cost_management_config=gcp.container.ClusterCostManagementConfigArgs(enabled=True),
            cluster_autoscaling=_autoscaling(args),
            # Firewall rules find nodes by this tag; pools that the cluster makes know it from here.
            node_pool_auto_config=(
                None
                if args.autoprovisioning is None
                else gcp.container.ClusterNodePoolAutoConfigArgs(
                    network_tags=gcp.container.ClusterNodePoolAutoConfigNetworkTagsArgs(tags=[args.network.node_tag])
                )
            ),
            gateway_api_config=gcp.container.ClusterGatewayApiConfigArgs(channel="CHANNEL_STANDARD"),
            # A pool that lives inside the cluster resource cannot change without replacing the cluster: the default
            # pool goes, and every pool is a resource of its own.
            remove_default_node_pool=True,
            initial_node_count=1,
            node_config=gcp.container.ClusterNodeConfigArgs(service_account=args.node_account),
            # GKE rewrites these three after the default pool has gone; following them would replace the cluster.
            opts=self.child(ignore_changes=["nodeConfig", "initialNodeCount", "nodeVersion"]),
        )

    def _system_pool(self, name: str, args: ClusterArgs) -> gcp.container.NodePool:
        pool = args.system_pool
        return gcp.container.NodePool(
            f"{name}-system",
            name="system",
            project=args.project,
            location=args.region,
            cluster=self.cluster.name,
            node_locations=list(args.zones),
            autoscaling=gcp.container.NodePoolAutoscalingArgs(
                total_min_node_count=pool.min_nodes, total_max_node_count=pool.max_nodes, location_policy="BALANCED"
            ),
            management=gcp.container.NodePoolManagementArgs(auto_repair=True, auto_upgrade=True),
            node_config=gcp.container.NodePoolNodeConfigArgs(
                machine_type=pool.machine_type,
                disk_size_gb=pool.disk_gb,
                disk_type="pd-balanced",
                # Another key replaces the pool.
                boot_disk_kms_key=args.security.disk_key,
                kubelet_config=gcp.container.NodePoolNodeConfigKubeletConfigArgs(
                    insecure_kubelet_readonly_port_enabled="FALSE"
                ),
                image_type="COS_CONTAINERD",
                service_account=args.node_account,
                oauth_scopes=["https://www.googleapis.com/auth/cloud-platform"],
                tags=[args.network.node_tag],
                resource_labels=dict(args.labels),
                workload_metadata_config=gcp.container.NodePoolNodeConfigWorkloadMetadataConfigArgs(
                    mode="GKE_METADATA"
                ),
                shielded_instance_config=gcp.container.NodePoolNodeConfigShieldedInstanceConfigArgs(
                    enable_secure_boot=True, enable_integrity_monitoring=True
                ),
                gcfs_config=gcp.container.NodePoolNodeConfigGcfsConfigArgs(enabled=True),
            ),
            opts=self.child(),
        )


def _hardening(args: ClusterArgs) -> dict[str, Any]:
    """What the CIS GKE Benchmark asks of a cluster beyond its network; none of it replaces a cluster that is there.

    Left out are client certificates, basic authentication and alpha features: they are off unless declared, and
    declaring them off would replace clusters from before.
    """
    security = args.security
    provider, scope = DNS[args.network.dns]
    hardened: dict[str, Any] = {
        "binary_authorization": gcp.container.ClusterBinaryAuthorizationArgs(
            evaluation_mode="PROJECT_SINGLETON_POLICY_ENFORCE"
        ),
        # Google ended both kinds of scanning that this could switch on; images are scanned in the registry.
        "security_posture_config": gcp.container.ClusterSecurityPostureConfigArgs(
            mode="BASIC", vulnerability_mode="VULNERABILITY_DISABLED"
        ),
        "enable_legacy_abac": False,
        "anonymous_authentication_config": gcp.container.ClusterAnonymousAuthenticationConfigArgs(mode="LIMITED"),
        "node_pool_defaults": gcp.container.ClusterNodePoolDefaultsArgs(
            node_config_defaults=gcp.container.ClusterNodePoolDefaultsNodeConfigDefaultsArgs(
                insecure_kubelet_readonly_port_enabled="FALSE"
            )
        ),
        # Secrets are mounted as files from Secret Manager, and follow its versions.
        "secret_manager_config": gcp.container.ClusterSecretManagerConfigArgs(
            enabled=True,
            rotation_config=gcp.container.ClusterSecretManagerConfigRotationConfigArgs(
                enabled=True, rotation_interval="120s"
            ),
        ),
        "dns_config": gcp.container.ClusterDnsConfigArgs(
            cluster_dns=provider,
            cluster_dns_scope=scope,
            # In a shared zone each cluster needs names of its own.
            cluster_dns_domain=f"{args.cluster_name}.gke.internal" if scope == "VPC_SCOPE" else None,
        ),
    }
    if security.secrets_key is not None:
        hardened["database_encryption"] = gcp.container.ClusterDatabaseEncryptionArgs(
            state="ENCRYPTED", key_name=security.secrets_key
        )
    if security.groups is not None:
        hardened["authenticator_groups_config"] = gcp.container.ClusterAuthenticatorGroupsConfigArgs(
            security_group=security.groups
        )
    if security.fleet_project is not None:
        hardened["fleet"] = gcp.container.ClusterFleetArgs(project=security.fleet_project)
    return hardened


def _autoscaling(args: ClusterArgs) -> gcp.container.ClusterClusterAutoscalingArgs | None:
    """Limits, and nodes that are what those of declared pools are."""
    if (wanted := args.autoprovisioning) is None:
        return None
    return gcp.container.ClusterClusterAutoscalingArgs(
        enabled=True,
        autoscaling_profile=wanted.profile,
        auto_provisioning_locations=list(args.zones),
        resource_limits=[
            gcp.container.ClusterClusterAutoscalingResourceLimitArgs(resource_type=resource, maximum=most)
            for resource, most in sorted(wanted.limits.items())
        ],
        auto_provisioning_defaults=gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgs(
            service_account=args.node_account,
            oauth_scopes=["https://www.googleapis.com/auth/cloud-platform"],
            disk_size=wanted.disk_gb,
            disk_type="pd-balanced",
            boot_disk_kms_key=args.security.disk_key,
            image_type="COS_CONTAINERD",
            management=gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsManagementArgs(
                auto_repair=True, auto_upgrade=True
            ),
            shielded_instance_config=(
                gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsShieldedInstanceConfigArgs(
                    enable_secure_boot=True, enable_integrity_monitoring=True
                )
            ),
        ),
    )


def _endpoint(config: gcp.container.outputs.ClusterControlPlaneEndpointsConfig) -> str:
    """The host name of the DNS endpoint, which every cluster of this component has."""
    endpoint = config.dns_endpoint_config.endpoint if config.dns_endpoint_config else None
    if not endpoint:
        raise ValueError(
            "the cluster has no DNS endpoint; controlPlaneEndpointsConfig was changed outside of this code"
        )
    return endpoint
