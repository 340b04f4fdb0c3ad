"""Tests of `components.cluster`."""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Network
from typing import Any

import pulumi_gcp as gcp
import pytest

from components.cluster import (
    AutoprovisioningArgs,
    Cluster,
    ClusterArgs,
    ClusterNetworkArgs,
    ClusterSecurityArgs,
    MaintenanceArgs,
    SystemPoolArgs,
    _endpoint,
)
from groundwork.graph import Graph, Placeholder
from tests.components.declare import declare, declared, depends_on, inputs, named, protected, read

NETWORK = ClusterNetworkArgs(
    network="networks/shared",
    subnet="subnetworks/ml",
    pod_range="pods",
    service_range="services",
    control_plane_cidr=IPv4Network("172.16.0.0/28"),
    node_tag="gke-ml-node",
    dns="cluster",
    fqdn_policies=False,
)
SECURITY = ClusterSecurityArgs(secrets_key=None, disk_key=None, groups=None, fleet_project=None)
CLUSTER = ClusterArgs(
    cluster_name="ml",
    project="ml-service",
    region="europe-west4",
    zones=["europe-west4-a", "europe-west4-b"],
    network=NETWORK,
    node_account="nodes@ml-service.iam.gserviceaccount.com",
    maintenance=MaintenanceArgs("REGULAR", "2026-01-03T01:00:00Z", "2026-01-03T07:00:00Z", "FREQ=WEEKLY;BYDAY=SA,SU"),
    system_pool=SystemPoolArgs(machine_type="e2-standard-8", disk_gb=100, min_nodes=3, max_nodes=6),
    security=SECURITY,
    autoprovisioning=None,
    deletion_protection=True,
    labels={"environment": "test"},
)
AUTOPROVISIONING = AutoprovisioningArgs(
    limits={"memory": 4096, "cpu": 512, "nvidia-l4": 8}, disk_gb=200, profile="OPTIMIZE_UTILIZATION"
)
SHIELDED = {"enableSecureBoot": True, "enableIntegrityMonitoring": True}
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


def _graph(**changes: Any) -> Graph:
    return declare(lambda: Cluster("cluster-ml", dataclasses.replace(CLUSTER, **changes)))


def _cluster(**changes: Any) -> dict[str, Any]:
    return inputs(_graph(**changes), "cluster-ml-cluster")


def _pool(**changes: Any) -> dict[str, Any]:
    return inputs(_graph(**changes), "cluster-ml-system")


def _security(**changes: Any) -> ClusterSecurityArgs:
    return dataclasses.replace(SECURITY, **changes)


def test_cluster_is_regional_and_has_a_separate_system_pool() -> None:
    """The pool is a child of the component and created after the cluster."""
    graph = _graph()
    cluster = inputs(graph, "cluster-ml-cluster")

    assert declared(graph) == {
        "cluster-ml-cluster": "gcp:container/cluster:Cluster",
        "cluster-ml-system": "gcp:container/nodePool:NodePool",
    }
    assert {key: cluster[key] for key in ("name", "project", "location", "nodeLocations", "resourceLabels")} == {
        "name": "ml",
        "project": "ml-service",
        "location": "europe-west4",
        "nodeLocations": ["europe-west4-a", "europe-west4-b"],
        "resourceLabels": {"environment": "test"},
    }
    assert depends_on(graph, "cluster-ml-system") == {"cluster-ml-cluster"}


@pytest.mark.parametrize("protection", [True, False])
def test_cluster_deletion_protection_is_that_of_the_settings(*, protection: bool) -> None:
    """Protection in the cloud; protection in the state is an option of the component."""
    graph = _graph(deletion_protection=protection)

    assert inputs(graph, "cluster-ml-cluster")["deletionProtection"] is protection
    assert protected(graph) == set()


def test_cluster_removes_the_default_pool_and_ignores_what_gke_changes_with_it() -> None:
    """Setting any of the three again would replace the cluster."""
    graph = _graph()
    cluster = inputs(graph, "cluster-ml-cluster")

    assert cluster["removeDefaultNodePool"] is True
    assert cluster["initialNodeCount"] == 1
    assert cluster["nodeConfig"] == {"serviceAccount": "nodes@ml-service.iam.gserviceaccount.com"}
    assert named(graph, "cluster-ml-cluster").ignore_changes == ("nodeConfig", "initialNodeCount", "nodeVersion")


def test_cluster_uses_the_subnet_and_its_secondary_ranges() -> None:
    """The cluster is VPC-native with Dataplane V2."""
    cluster = _cluster()

    assert cluster["network"] == "networks/shared"
    assert cluster["subnetwork"] == "subnetworks/ml"
    assert cluster["networkingMode"] == "VPC_NATIVE"
    assert cluster["datapathProvider"] == "ADVANCED_DATAPATH"
    assert cluster["enableIntranodeVisibility"] is True
    assert cluster["gatewayApiConfig"] == {"channel": "CHANNEL_STANDARD"}
    assert cluster["ipAllocationPolicy"] == {
        "clusterSecondaryRangeName": "pods",
        "servicesSecondaryRangeName": "services",
    }


def test_cluster_nodes_are_private_and_the_api_server_has_a_dns_endpoint_only() -> None:
    """IAM decides about access, so the DNS endpoint accepts external traffic and IP endpoints are disabled."""
    cluster = _cluster()

    assert cluster["privateClusterConfig"] == {
        "enablePrivateNodes": True,
        "enablePrivateEndpoint": True,
        "masterIpv4CidrBlock": "172.16.0.0/28",
    }
    assert cluster["controlPlaneEndpointsConfig"] == {
        "dnsEndpointConfig": {"allowExternalTraffic": True},
        "ipEndpointsConfig": {"enabled": False},
    }


def test_cluster_fqdn_policies_are_declared_where_they_are_enabled() -> None:
    """Disabling them replaces a cluster, so they are not declared as false."""
    enabled = _cluster(network=dataclasses.replace(NETWORK, fqdn_policies=True))

    assert enabled["enableFqdnNetworkPolicy"] is True
    assert "enableFqdnNetworkPolicy" not in _cluster()


@pytest.mark.parametrize(
    ("dns", "expected"),
    [
        ("kube-dns", {"clusterDns": "KUBE_DNS"}),
        ("cluster", {"clusterDns": "CLOUD_DNS", "clusterDnsScope": "CLUSTER_SCOPE"}),
        (
            "network",
            {"clusterDns": "CLOUD_DNS", "clusterDnsScope": "VPC_SCOPE", "clusterDnsDomain": "ml.gke.internal"},
        ),
    ],
)
def test_cluster_dns_provider_has_a_domain_in_the_network_only(dns: str, expected: dict[str, str]) -> None:
    """Clusters in one zone of the network need separate domains; no other key is declared."""
    assert _cluster(network=dataclasses.replace(NETWORK, dns=dns))["dnsConfig"] == expected


def test_cluster_security_settings_of_the_cis_benchmark() -> None:
    """These inputs do not depend on arguments."""
    cluster = _cluster()

    assert {
        "enableShieldedNodes": True,
        "enableLegacyAbac": False,
        "workloadIdentityConfig": {"workloadPool": "ml-service.svc.id.goog"},
        "rbacBindingConfig": {
            "enableInsecureBindingSystemAuthenticated": False,
            "enableInsecureBindingSystemUnauthenticated": False,
        },
        "anonymousAuthenticationConfig": {"mode": "LIMITED"},
        "binaryAuthorization": {"evaluationMode": "PROJECT_SINGLETON_POLICY_ENFORCE"},
        "securityPostureConfig": {"mode": "BASIC", "vulnerabilityMode": "VULNERABILITY_DISABLED"},
        "nodePoolDefaults": {"nodeConfigDefaults": {"insecureKubeletReadonlyPortEnabled": "FALSE"}},
        "secretManagerConfig": {
            "enabled": True,
            "rotationConfig": {"enabled": True, "rotationInterval": "120s"},
        },
    }.items() <= cluster.items()
    assert not {"masterAuth", "enableKubernetesAlpha"} & set(cluster)


def test_cluster_without_keys_groups_and_fleet_declares_none_of_them() -> None:
    """Google-managed keys encrypt secrets, and the cluster is in no fleet."""
    assert not {"databaseEncryption", "authenticatorGroupsConfig", "fleet"} & set(_cluster())


def test_cluster_secrets_key_encrypts_secrets_in_the_database() -> None:
    """Application-layer encryption uses the key."""
    assert _cluster(security=_security(secrets_key="projects/p/key"))["databaseEncryption"] == {
        "state": "ENCRYPTED",
        "keyName": "projects/p/key",
    }


def test_cluster_groups_and_fleet_are_those_of_the_settings() -> None:
    """Each has one input."""
    cluster = _cluster(security=_security(groups="gke-security-groups@example.com", fleet_project="ml-service"))

    assert cluster["authenticatorGroupsConfig"] == {"securityGroup": "gke-security-groups@example.com"}
    assert cluster["fleet"] == {"project": "ml-service"}


def test_cluster_addons_are_storage_drivers_backup_and_the_dns_cache() -> None:
    """Pods mount buckets, file shares and disks; backups need their agent."""
    assert _cluster()["addonsConfig"] == {
        "gcsFuseCsiDriverConfig": {"enabled": True},
        "gcpFilestoreCsiDriverConfig": {"enabled": True},
        "gcePersistentDiskCsiDriverConfig": {"enabled": True},
        "gkeBackupAgentConfig": {"enabled": True},
        "dnsCacheConfig": {"enabled": True},
    }


def test_cluster_upgrades_by_its_release_channel_in_the_maintenance_window() -> None:
    """The window is a recurrence with a start and an end."""
    cluster = _cluster()

    assert cluster["releaseChannel"] == {"channel": "REGULAR"}
    assert cluster["maintenancePolicy"] == {
        "recurringWindow": {
            "startTime": "2026-01-03T01:00:00Z",
            "endTime": "2026-01-03T07:00:00Z",
            "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
        }
    }


def test_cluster_collects_logs_and_metrics_of_the_control_plane_and_of_gpus() -> None:
    """Alerts and dashboards use these metrics; billing data has namespaces."""
    cluster = _cluster()

    assert cluster["loggingConfig"] == {
        "enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER"]
    }
    assert set(cluster["monitoringConfig"]["enableComponents"]) == {
        *("SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER", "STORAGE", "POD", "DAEMONSET"),
        *("DEPLOYMENT", "STATEFULSET", "HPA", "KUBELET", "CADVISOR", "DCGM"),
    }
    assert cluster["monitoringConfig"]["managedPrometheus"] == {"enabled": True}
    assert cluster["costManagementConfig"] == {"enabled": True}


def test_cluster_without_autoprovisioning_declares_no_limits() -> None:
    """Neither limits nor settings of created pools are declared."""
    assert not {"clusterAutoscaling", "nodePoolAutoConfig"} & set(_cluster())


def test_cluster_autoprovisioning_has_sorted_limits_and_nodes_like_declared_pools() -> None:
    """The order of limits in the settings changes nothing."""
    cluster = _cluster(autoprovisioning=AUTOPROVISIONING)

    assert cluster["clusterAutoscaling"] == {
        "enabled": True,
        "autoscalingProfile": "OPTIMIZE_UTILIZATION",
        "autoProvisioningLocations": ["europe-west4-a", "europe-west4-b"],
        "resourceLimits": [
            {"resourceType": "cpu", "maximum": 512},
            {"resourceType": "memory", "maximum": 4096},
            {"resourceType": "nvidia-l4", "maximum": 8},
        ],
        "autoProvisioningDefaults": {
            "serviceAccount": "nodes@ml-service.iam.gserviceaccount.com",
            "oauthScopes": SCOPES,
            "diskSize": 200,
            "diskType": "pd-balanced",
            "imageType": "COS_CONTAINERD",
            "management": {"autoRepair": True, "autoUpgrade": True},
            "shieldedInstanceConfig": SHIELDED,
        },
    }


def test_cluster_autoprovisioned_nodes_have_the_network_tag_and_the_disk_key() -> None:
    """Firewall rules select nodes by the tag."""
    cluster = _cluster(autoprovisioning=AUTOPROVISIONING, security=_security(disk_key="projects/p/disk-key"))

    assert cluster["nodePoolAutoConfig"] == {"networkTags": {"tags": ["gke-ml-node"]}}
    assert cluster["clusterAutoscaling"]["autoProvisioningDefaults"]["bootDiskKmsKey"] == "projects/p/disk-key"


def test_system_pool_scales_between_its_limits_over_all_zones() -> None:
    """The numbers are totals of all zones, and nodes are balanced over them."""
    pool = _pool()

    assert {key: value for key, value in pool.items() if key != "nodeConfig"} == {
        "name": "system",
        "project": "ml-service",
        "location": "europe-west4",
        "cluster": "ml",
        "nodeLocations": ["europe-west4-a", "europe-west4-b"],
        "autoscaling": {"totalMinNodeCount": 3, "totalMaxNodeCount": 6, "locationPolicy": "BALANCED"},
        "management": {"autoRepair": True, "autoUpgrade": True},
    }


def test_system_pool_nodes_are_hardened() -> None:
    """Nodes have a least-privilege account, shielded VMs and the metadata server of GKE."""
    assert _pool()["nodeConfig"] == {
        "machineType": "e2-standard-8",
        "diskSizeGb": 100,
        "diskType": "pd-balanced",
        "kubeletConfig": {"insecureKubeletReadonlyPortEnabled": "FALSE"},
        "imageType": "COS_CONTAINERD",
        "serviceAccount": "nodes@ml-service.iam.gserviceaccount.com",
        "oauthScopes": SCOPES,
        "tags": ["gke-ml-node"],
        "resourceLabels": {"environment": "test"},
        "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        "shieldedInstanceConfig": SHIELDED,
        "gcfsConfig": {"enabled": True},
    }


def test_system_pool_boot_disks_use_the_disk_key() -> None:
    """The key of secrets is another one."""
    security = _security(disk_key="projects/p/disk-key", secrets_key="projects/p/secrets-key")

    assert _pool(security=security)["nodeConfig"]["bootDiskKmsKey"] == "projects/p/disk-key"


def test_cluster_workload_pool_is_known_and_depends_on_the_cluster() -> None:
    """The pool of identities exists with the first cluster of a project."""
    graph = declare(lambda: read(Cluster("cluster-ml", CLUSTER).workload_pool))

    assert inputs(graph, "reader") == {"value": "ml-service.svc.id.goog"}
    assert depends_on(graph, "reader") == {"cluster-ml-cluster"}


def test_cluster_dns_endpoint_is_unknown_until_the_cluster_exists() -> None:
    """A preview must not show an empty endpoint."""
    graph = declare(lambda: read(Cluster("cluster-ml", CLUSTER).dns_endpoint))

    assert inputs(graph, "reader") == {"value": Placeholder.UNKNOWN}
    assert depends_on(graph, "reader") == {"cluster-ml-cluster"}


def test_dns_endpoint_is_the_host_name_of_the_cluster() -> None:
    """The endpoint is read from the outputs of the cluster."""
    endpoint = gcp.container.outputs.ClusterControlPlaneEndpointsConfigDnsEndpointConfig(
        endpoint="gke-x.europe-west4.gke.goog"
    )
    config = gcp.container.outputs.ClusterControlPlaneEndpointsConfig(dns_endpoint_config=endpoint)

    assert _endpoint(config) == "gke-x.europe-west4.gke.goog"


@pytest.mark.parametrize(
    "config",
    [
        gcp.container.outputs.ClusterControlPlaneEndpointsConfig(),
        gcp.container.outputs.ClusterControlPlaneEndpointsConfig(
            dns_endpoint_config=gcp.container.outputs.ClusterControlPlaneEndpointsConfigDnsEndpointConfig()
        ),
    ],
)
def test_missing_dns_endpoint_is_an_error(config: gcp.container.outputs.ClusterControlPlaneEndpointsConfig) -> None:
    """A cluster whose endpoints were changed by hand cannot be reached."""
    with pytest.raises(ValueError, match=r"the cluster has no DNS endpoint; controlPlaneEndpointsConfig was changed"):
        _endpoint(config)
