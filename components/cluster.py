"""A regional GKE cluster with private nodes and the CPU pool of system workloads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final, TypedDict

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels, known_name, without_none

# All components whose metrics and logs GKE can collect; DCGM is the GPUs.
# https://cloud.google.com/kubernetes-engine/docs/how-to/configure-metrics
METRICS: Final = ("SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER", "STORAGE", "POD", "DAEMONSET",
                  "DEPLOYMENT", "STATEFULSET", "HPA", "KUBELET", "CADVISOR", "DCGM")  # fmt: skip
LOGS: Final = ("SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER")
# The DNS provider of a cluster and its scope, by the value of the settings.
DNS: Final = {
    "kube-dns": ("KUBE_DNS", None),
    "cluster": ("CLOUD_DNS", "CLUSTER_SCOPE"),
    "network": ("CLOUD_DNS", "VPC_SCOPE"),
}
OAUTH_SCOPES: Final = ("https://www.googleapis.com/auth/cloud-platform",)
DISK_TYPE: Final = "pd-balanced"
IMAGE_TYPE: Final = "COS_CONTAINERD"
ADDONS: Final[gcp.container.ClusterAddonsConfigArgsDict] = {
    "gcs_fuse_csi_driver_config": {"enabled": True},
    "gcp_filestore_csi_driver_config": {"enabled": True},
    "gce_persistent_disk_csi_driver_config": {"enabled": True},
    "gke_backup_agent_config": {"enabled": True},
    # Enabling this later would recreate every node.
    "dns_cache_config": {"enabled": True},
}


@dataclass(frozen=True)
class SystemPoolArgs:
    """The CPU pool: machine type, disk in GB, and the total number of nodes in all zones."""

    machine_type: str
    disk_gb: int
    min_nodes: int
    max_nodes: int


@dataclass(frozen=True)
class AutoprovisioningArgs:
    """Auto-provisioning: maximums by resource (memory in GiB), the disk of its nodes, and the autoscaling profile."""

    limits: Mapping[str, int]
    disk_gb: int
    profile: str


@dataclass(frozen=True)
class MaintenanceArgs:
    """The release channel, and the maintenance window as RFC 3339 times with an RFC 5545 recurrence."""

    channel: str
    start: str
    end: str
    recurrence: str


@dataclass(frozen=True)
class ClusterSecurityArgs:
    """Keys of secrets and of boot disks, the security group of role bindings, and the project of the fleet.

    None means Google-managed keys, no groups in role bindings, and no fleet.
    """

    secrets_key: pulumi.Input[str] | None
    disk_key: pulumi.Input[str] | None
    groups: str | None
    fleet_project: str | None


@dataclass(frozen=True)
class ClusterNetworkArgs:
    """The cluster's part of the shared VPC; the ranges are names of secondary ranges of the subnet.

    `dns` is a key of `DNS`. `fqdn_policies` enables host names in network policies; disabling it replaces the cluster.
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
    """The cluster. `node_account` is the e-mail address of the service account of its nodes."""

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
    """The cluster and its system pool; `dns_endpoint` is the only address of its API server."""

    cluster: gcp.container.Cluster
    system_pool: gcp.container.NodePool
    dns_endpoint: pulumi.Output[str]
    workload_pool: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the cluster without its default pool, then the system pool."""
        super().__init__(name, opts)
        self.cluster = self._cluster(name, args)
        self.system_pool = self._system_pool(name, args)
        # The id keeps the endpoint unknown until the cluster exists; otherwise a preview would show it as empty.
        self.dns_endpoint = self.cluster.id.apply(
            lambda _: self.cluster.control_plane_endpoints_config.apply(_endpoint)
        )
        # Known before the cluster exists, so that a preview shows the namespace and account of a grant.
        self.workload_pool = known_name(f"{args.project}.svc.id.goog", self.cluster)
        self.register_outputs({"name": args.cluster_name, "dnsEndpoint": self.dns_endpoint})

    def _cluster(self, name: str, args: ClusterArgs) -> gcp.container.Cluster:
        """The cluster resource, which has no node pool."""
        return gcp.container.Cluster(
            f"{name}-cluster",
            name=args.cluster_name,
            project=args.project,
            location=args.region,
            node_locations=list(args.zones),
            resource_labels=dict(args.labels),
            deletion_protection=args.deletion_protection,
            addons_config=ADDONS,
            release_channel={"channel": args.maintenance.channel},
            maintenance_policy=_maintenance(args.maintenance),
            logging_config={"enable_components": list(LOGS)},
            monitoring_config={"enable_components": list(METRICS), "managed_prometheus": {"enabled": True}},
            # Billing data has the namespace, and so the team.
            cost_management_config={"enabled": True},
            # A pool in the cluster resource cannot change without replacing the cluster. The default pool is removed,
            # and every pool is a separate resource.
            remove_default_node_pool=True,
            initial_node_count=1,
            **_network(args),
            **_access(args),
            **_hardening(args.security),
            **_nodes(args),
            # GKE changes these three when the default pool is removed; setting them again would replace the cluster.
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
            autoscaling={
                "total_min_node_count": pool.min_nodes,
                "total_max_node_count": pool.max_nodes,
                "location_policy": "BALANCED",
            },
            management={"auto_repair": True, "auto_upgrade": True},
            node_config=_system_node_config(args),
            opts=self.child(),
        )


class _Network(TypedDict):
    network: pulumi.Input[str]
    subnetwork: pulumi.Input[str]
    networking_mode: str
    datapath_provider: str
    enable_intranode_visibility: bool
    enable_fqdn_network_policy: bool | None
    ip_allocation_policy: gcp.container.ClusterIpAllocationPolicyArgsDict
    private_cluster_config: gcp.container.ClusterPrivateClusterConfigArgsDict
    control_plane_endpoints_config: gcp.container.ClusterControlPlaneEndpointsConfigArgsDict
    dns_config: gcp.container.ClusterDnsConfigArgsDict
    gateway_api_config: gcp.container.ClusterGatewayApiConfigArgsDict


def _network(args: ClusterArgs) -> _Network:
    """Ranges and addresses of nodes, pods, services and the API server, and the names that pods can resolve."""
    network = args.network
    return {
        "network": network.network,
        "subnetwork": network.subnet,
        "networking_mode": "VPC_NATIVE",
        "datapath_provider": "ADVANCED_DATAPATH",
        "enable_intranode_visibility": True,
        # Requires Dataplane V2 and the DNS of GKE, and no longer an edition of GKE:
        # https://cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies (2026-11)
        "enable_fqdn_network_policy": network.fqdn_policies or None,
        "ip_allocation_policy": {
            "cluster_secondary_range_name": network.pod_range,
            "services_secondary_range_name": network.service_range,
        },
        "private_cluster_config": {
            "enable_private_nodes": True,
            "enable_private_endpoint": True,
            "master_ipv4_cidr_block": str(network.control_plane_cidr),
        },
        # IAM (container.clusters.connect) decides about access, not the address of a client.
        "control_plane_endpoints_config": {
            "dns_endpoint_config": {"allow_external_traffic": True},
            "ip_endpoints_config": {"enabled": False},
        },
        "dns_config": _dns(args),
        "gateway_api_config": {"channel": "CHANNEL_STANDARD"},
    }


class _Access(TypedDict):
    workload_identity_config: gcp.container.ClusterWorkloadIdentityConfigArgsDict
    rbac_binding_config: gcp.container.ClusterRbacBindingConfigArgsDict
    authenticator_groups_config: gcp.container.ClusterAuthenticatorGroupsConfigArgsDict | None
    anonymous_authentication_config: gcp.container.ClusterAnonymousAuthenticationConfigArgsDict
    enable_legacy_abac: bool
    fleet: gcp.container.ClusterFleetArgsDict | None


def _access(args: ClusterArgs) -> _Access:
    """Identities of people and workloads, and what the API server allows without one.

    Client certificates and basic authentication are not declared: they are disabled by default, and declaring that
    would replace existing clusters.
    """
    security = args.security
    return {
        "workload_identity_config": {"workload_pool": f"{args.project}.svc.id.goog"},
        "rbac_binding_config": {
            "enable_insecure_binding_system_authenticated": False,
            "enable_insecure_binding_system_unauthenticated": False,
        },
        "authenticator_groups_config": None if security.groups is None else {"security_group": security.groups},
        "anonymous_authentication_config": {"mode": "LIMITED"},
        "enable_legacy_abac": False,
        "fleet": None if security.fleet_project is None else {"project": security.fleet_project},
    }


class _Hardening(TypedDict):
    binary_authorization: gcp.container.ClusterBinaryAuthorizationArgsDict
    security_posture_config: gcp.container.ClusterSecurityPostureConfigArgsDict
    secret_manager_config: gcp.container.ClusterSecretManagerConfigArgsDict
    database_encryption: gcp.container.ClusterDatabaseEncryptionArgsDict | None


def _hardening(security: ClusterSecurityArgs) -> _Hardening:
    """Images, posture and secrets, as the CIS GKE Benchmark requires; a change does not replace the cluster.

    Alpha features are not declared, for the same reason as client certificates.
    """
    return {
        "binary_authorization": {"evaluation_mode": "PROJECT_SINGLETON_POLICY_ENFORCE"},
        # Google ended both kinds of vulnerability scanning of clusters; the registry scans images.
        "security_posture_config": {"mode": "BASIC", "vulnerability_mode": "VULNERABILITY_DISABLED"},
        # Secrets are mounted as files from Secret Manager, and updated to new versions.
        "secret_manager_config": {
            "enabled": True,
            "rotation_config": {"enabled": True, "rotation_interval": "120s"},
        },
        "database_encryption": None
        if security.secrets_key is None
        else {"state": "ENCRYPTED", "key_name": security.secrets_key},
    }


class _Nodes(TypedDict):
    enable_shielded_nodes: bool
    node_pool_defaults: gcp.container.ClusterNodePoolDefaultsArgsDict
    node_pool_auto_config: gcp.container.ClusterNodePoolAutoConfigArgsDict | None
    node_config: gcp.container.ClusterNodeConfigArgsDict
    cluster_autoscaling: gcp.container.ClusterClusterAutoscalingArgsDict | None


def _nodes(args: ClusterArgs) -> _Nodes:
    """Defaults of nodes, and the nodes that auto-provisioning creates."""
    return {
        "enable_shielded_nodes": True,
        "node_pool_defaults": {"node_config_defaults": {"insecure_kubelet_readonly_port_enabled": "FALSE"}},
        # Firewall rules select nodes by this tag, including those of auto-provisioned pools.
        "node_pool_auto_config": None
        if args.autoprovisioning is None
        else {"network_tags": {"tags": [args.network.node_tag]}},
        "node_config": {"service_account": args.node_account},
        "cluster_autoscaling": _autoscaling(args),
    }


def _system_node_config(args: ClusterArgs) -> gcp.container.NodePoolNodeConfigArgsDict:
    pool = args.system_pool
    config: gcp.container.NodePoolNodeConfigArgsDict = {
        "machine_type": pool.machine_type,
        "disk_size_gb": pool.disk_gb,
        "disk_type": DISK_TYPE,
        # Another key replaces the pool.
        "boot_disk_kms_key": args.security.disk_key,
        "kubelet_config": {"insecure_kubelet_readonly_port_enabled": "FALSE"},
        "image_type": IMAGE_TYPE,
        "service_account": args.node_account,
        "oauth_scopes": list(OAUTH_SCOPES),
        "tags": [args.network.node_tag],
        "resource_labels": dict(args.labels),
        "workload_metadata_config": {"mode": "GKE_METADATA"},
        "shielded_instance_config": {"enable_secure_boot": True, "enable_integrity_monitoring": True},
        "gcfs_config": {"enabled": True},
    }
    return without_none(config)


def _dns(args: ClusterArgs) -> gcp.container.ClusterDnsConfigArgsDict:
    """The DNS provider; in a zone that clusters share, each cluster has a separate domain."""
    provider, scope = DNS[args.network.dns]
    domain = f"{args.cluster_name}.gke.internal" if scope == "VPC_SCOPE" else None
    config: gcp.container.ClusterDnsConfigArgsDict = {
        "cluster_dns": provider,
        "cluster_dns_scope": scope,
        "cluster_dns_domain": domain,
    }
    return without_none(config)


def _maintenance(maintenance: MaintenanceArgs) -> gcp.container.ClusterMaintenancePolicyArgsDict:
    """The recurring maintenance window."""
    return {
        "recurring_window": {
            "start_time": maintenance.start,
            "end_time": maintenance.end,
            "recurrence": maintenance.recurrence,
        }
    }


def _autoscaling(args: ClusterArgs) -> gcp.container.ClusterClusterAutoscalingArgsDict | None:
    """Auto-provisioning limits; created nodes use the settings of declared pools."""
    if (autoprovisioning := args.autoprovisioning) is None:
        return None
    return {
        "enabled": True,
        "autoscaling_profile": autoprovisioning.profile,
        "auto_provisioning_locations": list(args.zones),
        "resource_limits": [
            {"resource_type": resource, "maximum": maximum}
            for resource, maximum in sorted(autoprovisioning.limits.items())
        ],
        "auto_provisioning_defaults": _autoprovisioning_defaults(args, autoprovisioning),
    }


def _autoprovisioning_defaults(
    args: ClusterArgs, autoprovisioning: AutoprovisioningArgs
) -> gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgsDict:
    """The settings of created nodes."""
    config: gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgsDict = {
        "service_account": args.node_account,
        "oauth_scopes": list(OAUTH_SCOPES),
        "disk_size": autoprovisioning.disk_gb,
        "disk_type": DISK_TYPE,
        "boot_disk_kms_key": args.security.disk_key,
        "image_type": IMAGE_TYPE,
        "management": {"auto_repair": True, "auto_upgrade": True},
        "shielded_instance_config": {"enable_secure_boot": True, "enable_integrity_monitoring": True},
    }
    return without_none(config)


def _endpoint(config: gcp.container.outputs.ClusterControlPlaneEndpointsConfig) -> str:
    """The host name of the DNS endpoint."""
    endpoint = config.dns_endpoint_config.endpoint if config.dns_endpoint_config else None
    if not endpoint:
        raise ValueError(
            "the cluster has no DNS endpoint; controlPlaneEndpointsConfig was changed outside of this code"
        )
    return endpoint
