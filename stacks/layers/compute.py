"""Clusters, their node accounts and their backups."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components.cluster import (
    AutoprovisioningArgs,
    Cluster,
    ClusterArgs,
    ClusterNetworkArgs,
    ClusterSecurityArgs,
    MaintenanceArgs,
    SystemPoolArgs,
)
from components.cluster_backup import ClusterBackup, ClusterBackupArgs
from components.cluster_restore import ClusterRestore, ClusterRestoreArgs
from components.network import SharedVpc, node_tag
from components.node_account import NodeAccount, NodeAccountArgs
from components.project_services import ProjectServices
from stacks import labels
from stacks.layers.encryption import Keys, Purpose
from stacks.settings import Settings
from stacks.settings.model.clusters import Cluster as ClusterSettings


def node_accounts(settings: Settings, *, google: gcp.Provider, apis: ProjectServices) -> dict[str, NodeAccount]:
    """The IAM account of each cluster's nodes."""
    return {
        key: NodeAccount(
            f"nodes-{key}",
            NodeAccountArgs(project=settings.projects.service, account_id=f"gke-{key}-nodes"),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )
        for key in settings.clusters
    }


def clusters(
    settings: Settings,
    *,
    google: gcp.Provider,
    vpc: SharedVpc,
    keys: Keys,
    node_accounts: dict[str, NodeAccount],
) -> dict[str, Cluster]:
    """Clusters, after the grants of the shared VPC: without them creation hangs until it times out."""
    return {
        key: Cluster(
            f"cluster-{key}",
            _cluster_args(settings, key, entry, vpc, node_accounts[key], keys),
            pulumi.ResourceOptions(provider=google, depends_on=[vpc], protect=entry.deletion_protection),
        )
        for key, entry in settings.clusters.items()
    }


def _cluster_args(
    settings: Settings, key: str, entry: ClusterSettings, vpc: SharedVpc, account: NodeAccount, keys: Keys
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
            dns=entry.dns.value,
            fqdn_policies=entry.fqdn_policies,
        ),
        node_account=account.email,
        maintenance=MaintenanceArgs(
            channel=entry.release_channel.value,
            start=entry.maintenance.start,
            end=entry.maintenance.end,
            recurrence=entry.maintenance.recurrence,
        ),
        system_pool=SystemPoolArgs(
            machine_type=pool.machine_type, disk_gb=pool.disk_gb, min_nodes=pool.min_nodes, max_nodes=pool.max_nodes
        ),
        security=ClusterSecurityArgs(
            secrets_key=keys.of(Purpose.CLUSTERS, entry.region),
            disk_key=keys.of(Purpose.DISKS, entry.region),
            groups=settings.security.groups,
            fleet_project=_fleet_project(settings, key),
        ),
        autoprovisioning=_autoprovisioning(entry),
        deletion_protection=entry.deletion_protection,
        labels=labels.shared(settings),
    )


def _fleet_project(settings: Settings, cluster: str) -> str | None:
    """The project of the fleet that a cluster joins, if it is behind the gateway."""
    gateway = settings.gateway
    member = gateway is not None and cluster in {gateway.config_cluster, *gateway.weights}
    return settings.projects.service if member else None


def _autoprovisioning(entry: ClusterSettings) -> AutoprovisioningArgs | None:
    limits = entry.autoprovisioning
    if limits is None:
        return None
    return AutoprovisioningArgs(
        limits={"cpu": limits.cpu, "memory": limits.memory_gib, **limits.gpus},
        disk_gb=limits.disk_gb,
        profile=limits.profile.value.upper().replace("-", "_"),
    )


def backups(settings: Settings, *, google: gcp.Provider, clusters: dict[str, Cluster]) -> None:
    """Backup plans and restore plans of clusters."""
    recovery = settings.recovery
    for key, cluster in clusters.items():
        options = pulumi.ResourceOptions(provider=google)
        plans: dict[str, gcp.gkebackup.BackupPlan] = {}
        if (backups := recovery.backups) is not None:
            args = ClusterBackupArgs(
                plan_name=key,
                project=settings.projects.service,
                backup_region=backups.region,
                cluster=cluster.cluster.id,
                cron=backups.cron,
                retain_days=backups.retain_days,
                delete_lock_days=backups.delete_lock_days,
                restore_project=backups.restore_project,
                labels=labels.shared(settings),
            )
            backup = ClusterBackup(f"backup-{key}", args, options)
            plan_name = f"projects/{args.project}/locations/{args.backup_region}/backupPlans/{key}"
            plans[plan_name] = backup.plan
        if (restore := recovery.restores.get(key)) is not None:
            ClusterRestore(
                f"restore-{key}",
                ClusterRestoreArgs(
                    plan_name=key,
                    project=settings.projects.service,
                    region=settings.clusters[key].region,
                    backup_plan=restore.backup_plan,
                    cluster=cluster.cluster.id,
                    labels=labels.shared(settings),
                ),
                # A backup plan of this stack has to exist first; that of another stack is not managed here.
                pulumi.ResourceOptions(
                    provider=google, depends_on=[plan for name, plan in plans.items() if name == restore.backup_plan]
                ),
            )
