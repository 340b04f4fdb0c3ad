"""The platform from top to bottom: the one file that knows every component.

Order is dependency. Arguments come from the settings or from the attributes of what stands above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components._common import GrantArgs
from components.alerting import AlertArgs, Alerting, AlertingArgs
from components.bucket import Bucket, BucketArgs
from components.bucket_mount import BucketMount, BucketMountArgs
from components.budget import Budget, BudgetArgs
from components.cluster import Cluster, ClusterArgs, ClusterNetworkArgs, MaintenanceArgs, SystemPoolArgs
from components.cluster_backup import ClusterBackup, ClusterBackupArgs
from components.cluster_restore import ClusterRestore, ClusterRestoreArgs
from components.dashboard import Dashboard, DashboardArgs
from components.database import Database, DatabaseArgs, DatabaseMachineArgs
from components.gpu_pool import GpuMachineArgs, GpuPool, GpuPoolArgs
from components.group_access import GroupAccess, GroupAccessArgs
from components.kubeflow import ChartArgs, Kubeflow, KubeflowArgs
from components.network import SharedVpc, SharedVpcArgs, SubnetArgs, node_tag
from components.node_account import NodeAccount, NodeAccountArgs
from components.pipelines import NAMESPACE as PIPELINES_NAMESPACE
from components.pipelines import RUNNER, Pipelines, PipelinesArgs, PipelinesState
from components.project_services import ProjectServices, ProjectServicesArgs
from components.queue_flavors import CPU_FLAVOR, QueueFlavors, QueueFlavorsArgs
from components.queue_metrics import QueueMetrics, QueueMetricsArgs
from components.shared_bucket import SharedBucket, SharedBucketArgs
from components.team_namespace import WORKLOAD, QuotaArgs, TeamNamespace, TeamNamespaceArgs
from components.team_queue import TeamQueue, TeamQueueArgs
from components.workload_account import WorkloadAccount, WorkloadAccountArgs
from stacks import labels, providers
from stacks.charts import CHARTS
from stacks.settings import Settings
from stacks.settings.alerts import as_documentation, load_alerts
from stacks.settings.clusters import Capacity
from stacks.settings.clusters import Cluster as ClusterSettings
from stacks.settings.data import Bucket as BucketSettings
from stacks.settings.operations import Pipelines as PipelinesSettings
from stacks.settings.pins import Versions, load_versions

PIPELINES = "pipelines"
BACKUP_ALERT = "BackupTooOld"

HOST_SERVICES = (
    "compute.googleapis.com",
    "container.googleapis.com",
    "servicenetworking.googleapis.com",
)
SERVICE_SERVICES = (
    "artifactregistry.googleapis.com",
    "billingbudgets.googleapis.com",
    "compute.googleapis.com",
    "container.googleapis.com",
    "gkebackup.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "sqladmin.googleapis.com",
    "storage.googleapis.com",
)


@dataclass(frozen=True)
class Platform:
    """What the program declared, by the keys of the settings."""

    vpc: SharedVpc
    clusters: dict[str, Cluster]
    workloads: dict[str, WorkloadAccount]
    bucket_names: dict[str, pulumi.Input[str]]

    def export(self) -> None:
        """Publish what people and runbooks look up."""
        outputs: dict[str, Any] = {
            "network": self.vpc.network.self_link,
            "clusterEndpoints": {key: cluster.dns_endpoint for key, cluster in self.clusters.items()},
            "workloadAccounts": {key: account.address for key, account in self.workloads.items()},
            "buckets": self.bucket_names,
        }
        for name, value in outputs.items():
            pulumi.export(name, value)


def build(settings: Settings) -> Platform:
    """Declare the whole platform."""
    versions = load_versions()
    google = providers.google(settings)
    host, service = _services(settings, google)
    alerting = _monitoring(settings, google, service)
    _budgets(settings, google, alerting)
    vpc = _network(settings, google, host)
    _groups(settings, google, service)
    accounts = _node_accounts(settings, google, service)
    clusters = _clusters(settings, google, vpc, accounts)
    _gpu_pools(settings, google, clusters, accounts)
    _backups(settings, google, clusters)
    workloads = _workloads(settings, google, clusters)
    buckets = _buckets(settings, google, workloads, service)
    kubernetes = {
        key: providers.kubernetes(key, cluster.dns_endpoint, cluster.system_pool) for key, cluster in clusters.items()
    }
    namespaces = _namespaces(settings, kubernetes, workloads)
    _mounts(settings, kubernetes, namespaces, buckets)
    kubeflow = _kubeflow(settings, versions, kubernetes, namespaces)
    _queues(settings, versions, kubernetes, kubeflow)
    if settings.pipelines is not None:
        database = _database(settings, settings.pipelines, google, vpc)
        state = PipelinesState(
            account=workloads[PIPELINES].address,
            bucket=buckets[settings.pipelines.bucket],
            database_address=database.address,
            database_user=PIPELINES,
            database_password=database.password,
        )
        cluster = settings.pipelines.cluster
        needs = [kubeflow[cluster], workloads[PIPELINES]]
        _pipelines(settings, versions, [google, kubernetes[cluster]], state, needs)
    return Platform(vpc=vpc, clusters=clusters, workloads=workloads, bucket_names=buckets)


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


def _node_accounts(settings: Settings, google: gcp.Provider, apis: ProjectServices) -> dict[str, NodeAccount]:
    """The account that each cluster's nodes run as."""
    return {
        key: NodeAccount(
            f"nodes-{key}",
            NodeAccountArgs(project=settings.projects.service, account_id=f"gke-{key}-nodes"),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )
        for key in settings.clusters
    }


def _clusters(
    settings: Settings, google: gcp.Provider, vpc: SharedVpc, accounts: dict[str, NodeAccount]
) -> dict[str, Cluster]:
    """Clusters; the grants of the shared VPC come first, since without them creation hangs until it times out."""
    return {
        key: Cluster(
            f"cluster-{key}",
            _cluster_args(settings, key, entry, vpc, accounts[key]),
            pulumi.ResourceOptions(provider=google, depends_on=[vpc], protect=entry.deletion_protection),
        )
        for key, entry in settings.clusters.items()
    }


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
    settings: Settings, google: gcp.Provider, clusters: dict[str, Cluster], accounts: dict[str, NodeAccount]
) -> None:
    """GPU pools, after the system pool of their cluster."""
    for key, entry in settings.gpu_pools.items():
        cluster = clusters[entry.cluster]
        GpuPool(
            f"gpu-{key}",
            GpuPoolArgs(
                pool_name=key,
                project=settings.projects.service,
                region=settings.clusters[entry.cluster].region,
                cluster=cluster.cluster.name,
                node_account=accounts[entry.cluster].email,
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


def _backups(settings: Settings, google: gcp.Provider, clusters: dict[str, Cluster]) -> None:
    """Backups of clusters, and how clusters take over from backups."""
    recovery = settings.recovery
    for key, cluster in clusters.items():
        options = pulumi.ResourceOptions(provider=google)
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
            ClusterBackup(f"backup-{key}", args, options)
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
                options,
            )


def _workloads(settings: Settings, google: gcp.Provider, clusters: dict[str, Cluster]) -> dict[str, WorkloadAccount]:
    """The account that each team's jobs act as, and the one that pipelines run as."""
    users = {key: (team.clusters[0], key, WORKLOAD) for key, team in settings.teams.items()}
    if settings.pipelines is not None:
        users[PIPELINES] = (settings.pipelines.cluster, PIPELINES_NAMESPACE, RUNNER)
    return {
        key: WorkloadAccount(
            f"workload-{key}",
            WorkloadAccountArgs(
                project=settings.projects.service,
                account_id=f"ml-{key}",
                workload_pool=clusters[cluster].workload_pool,
                namespace=namespace,
                kubernetes_account=account,
            ),
            pulumi.ResourceOptions(provider=google),
        )
        for key, (cluster, namespace, account) in users.items()
    }


def _buckets(
    settings: Settings, google: gcp.Provider, workloads: dict[str, WorkloadAccount], apis: ProjectServices
) -> dict[str, pulumi.Input[str]]:
    """Buckets with the grants of people and of workloads, by key; the values are names in the cloud."""
    names: dict[str, pulumi.Input[str]] = {}
    for key, entry in settings.buckets.items():
        grants = _grants(settings, key, entry, workloads)
        if entry.existing_name is not None:
            SharedBucket(
                f"data-{key}",
                SharedBucketArgs(bucket_name=entry.existing_name, grants=grants),
                pulumi.ResourceOptions(provider=google),
            )
            names[key] = entry.existing_name
            continue
        bucket = Bucket(
            f"data-{key}",
            BucketArgs(
                bucket_name=f"{settings.projects.service}-{key}",
                project=settings.projects.service,
                location=entry.location,
                soft_delete_days=entry.soft_delete_days,
                noncurrent_days=entry.noncurrent_days,
                expire_days=entry.expire_days,
                labels=labels.bucket(settings, entry),
                grants=grants,
            ),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )
        names[key] = bucket.bucket.name
    return names


def _grants(
    settings: Settings, key: str, entry: BucketSettings, workloads: dict[str, WorkloadAccount]
) -> dict[str, GrantArgs]:
    """The grants on one bucket, by who has them."""
    grants = {
        f"group-{group}": GrantArgs(f"group:{settings.groups[group].email}", access.value)
        for group, access in entry.groups.items()
    }
    for team, access in entry.workloads.items():
        grants[f"workload-{team}"] = GrantArgs(workloads[team].member, access.value)
    if settings.pipelines is not None and settings.pipelines.bucket == key:
        grants[f"workload-{PIPELINES}"] = GrantArgs(workloads[PIPELINES].member, "write")
    return grants


def _namespaces(
    settings: Settings, kubernetes: dict[str, k8s.Provider], workloads: dict[str, WorkloadAccount]
) -> dict[tuple[str, str], TeamNamespace]:
    """A namespace for each team in each of its clusters, by cluster and team."""
    return {
        (cluster, team): TeamNamespace(
            f"team-{cluster}.{team}",  # keys have no dots, so no two pairs make one name
            TeamNamespaceArgs(
                namespace=team,
                account=workloads[team].address,
                quota=QuotaArgs(
                    cpu=entry.quota.cpu,
                    memory_gib=entry.quota.memory_gib,
                    gpus=sum(_gpus(settings, cluster, team).values()),
                ),
                labels=labels.team(settings, team),
            ),
            pulumi.ResourceOptions(provider=kubernetes[cluster]),
        )
        for team, entry in settings.teams.items()
        for cluster in entry.clusters
    }


def _gpus(settings: Settings, cluster: str, team: str) -> dict[str, int]:
    """What a team is promised of the GPU pools of one cluster, cheap capacity first.

    Settings are maps and have no order: the engine hands them over sorted, whatever the file says.
    """
    quota = settings.teams[team].quota.gpus
    pools = sorted(settings.gpu_pools.items(), key=lambda pool: (pool[1].capacity is not Capacity.SPOT, pool[0]))
    return {pool: quota[pool] for pool, entry in pools if entry.cluster == cluster and pool in quota}


def _mounts(
    settings: Settings,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
    buckets: dict[str, pulumi.Input[str]],
) -> None:
    """Buckets as folders in the namespaces."""
    for key, entry in settings.mounts.items():
        BucketMount(
            f"mount-{key}",
            BucketMountArgs(
                claim_name=key,
                namespace=entry.team,
                bucket=buckets[entry.bucket],
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


def _kubeflow(
    settings: Settings,
    versions: Versions,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
) -> dict[str, Kubeflow]:
    """The operators in each cluster, after the namespaces in which some of them work."""
    built = {}
    for cluster, provider in kubernetes.items():
        teams = [team for team, entry in settings.teams.items() if cluster in entry.clusters]
        # Spark jobs run only in the namespaces that the operator is told; all others are left alone.
        added = {"spark-operator": {"spark": {"jobNamespaces": teams}}}
        charts = {
            key: ChartArgs(
                chart=pin.chart,
                version=pin.version,
                namespace=pin.namespace,
                repository=pin.repository,
                values={**pin.values, **added.get(key, {})},
                after=pin.after,
            )
            for key, pin in versions.charts.items()
        }
        built[cluster] = Kubeflow(
            f"kubeflow-{cluster}",
            KubeflowArgs(charts=charts, directories={"notebooks": versions.manifests["notebooks"].directory}),
            pulumi.ResourceOptions(provider=provider, depends_on=[namespaces[cluster, team] for team in teams]),
        )
    return built


def _queues(
    settings: Settings, versions: Versions, kubernetes: dict[str, k8s.Provider], kubeflow: dict[str, Kubeflow]
) -> None:
    """What each cluster has to give, and each team's share of it."""
    for cluster, provider in kubernetes.items():
        pools = [pool for pool, entry in settings.gpu_pools.items() if entry.cluster == cluster]
        flavors = QueueFlavors(
            f"flavors-{cluster}",
            QueueFlavorsArgs(gpu_pools=pools),
            pulumi.ResourceOptions(provider=provider, depends_on=[kubeflow[cluster]]),
        )
        QueueMetrics(
            f"queue-metrics-{cluster}",
            QueueMetricsArgs(namespace=versions.charts["kueue"].namespace, release="kueue"),
            pulumi.ResourceOptions(provider=provider, depends_on=[kubeflow[cluster]]),
        )
        for team, entry in settings.teams.items():
            if cluster not in entry.clusters:
                continue
            TeamQueue(
                f"queue-{cluster}.{team}",
                TeamQueueArgs(
                    namespace=team,
                    cpu=entry.quota.cpu,
                    memory_gib=entry.quota.memory_gib,
                    cpu_flavor=CPU_FLAVOR,
                    gpus=_gpus(settings, cluster, team),
                    labels=labels.team(settings, team),
                ),
                pulumi.ResourceOptions(provider=provider, depends_on=[flavors]),
            )


def _database(settings: Settings, entry: PipelinesSettings, google: gcp.Provider, vpc: SharedVpc) -> Database:
    """The database of the pipelines; its address comes from the peering, so that has to exist."""
    return Database(
        "pipelines-database",
        DatabaseArgs(
            instance_name=PIPELINES,
            project=settings.projects.service,
            region=settings.clusters[entry.cluster].region,
            machine=DatabaseMachineArgs(
                tier=entry.database.tier,
                disk_gb=entry.database.disk_gb,
                regional=entry.database.regional,
                retained_backups=entry.database.retained_backups,
            ),
            network=vpc.network.id,
            databases=["mlpipeline", "metadb", "cachedb"],
            user=PIPELINES,
            labels=labels.shared(settings),
        ),
        pulumi.ResourceOptions(providers=[google, providers.passwords()], depends_on=[vpc.private_services]),
    )


def _pipelines(
    settings: Settings,
    versions: Versions,
    used: Sequence[pulumi.ProviderResource],
    state: PipelinesState,
    needs: Sequence[pulumi.Resource],
) -> None:
    """Pipelines, after the operators and the account that its runs use."""
    parts = {
        key.removeprefix("pipelines-") if key != PIPELINES else "core": pin.directory
        for key, pin in versions.manifests.items()
        if key.startswith(PIPELINES)
    }
    Pipelines(
        PIPELINES,
        PipelinesArgs(directories=parts, project=settings.projects.service, state=state),
        pulumi.ResourceOptions(providers=list(used), depends_on=list(needs)),
    )


def _monitoring(settings: Settings, google: gcp.Provider, apis: ProjectServices) -> Alerting:
    """Who is told what, and the page that shows how things are."""
    options = pulumi.ResourceOptions(provider=google, depends_on=[apis])
    Dashboard(
        "overview",
        DashboardArgs(project=settings.projects.service, title=f"ML platform ({settings.environment})", charts=CHARTS),
        options,
    )
    emails = {
        severity: settings.groups[group].email
        for severity, group in (("page", settings.alerting.page), ("ticket", settings.alerting.ticket))
    }
    alerts = {
        name: AlertArgs(
            alert=rule.alert,
            expression=rule.expr.strip(),
            duration_seconds=rule.duration_seconds,
            interval_seconds=group.interval_seconds,
            severity=rule.labels.severity,
            summary=as_documentation(rule.annotations.summary),
            description=as_documentation(rule.annotations.description),
            runbook_url=f"{settings.alerting.repository_url}{rule.annotations.runbook_url}",
        )
        for name, (group, rule) in load_alerts().rules.items()
        # Where nothing is backed up, an alert about old backups would never be quiet.
        if settings.recovery.backups is not None or rule.alert != BACKUP_ALERT
    }
    args = AlertingArgs(project=settings.projects.service, emails=emails, alerts=alerts, labels=labels.shared(settings))
    return Alerting("alerts", args, options)


def _budgets(settings: Settings, google: gcp.Provider, alerting: Alerting) -> None:
    """What the stack may cost in a month, and each team of it."""
    stack = pulumi.get_stack()
    limits: dict[str, tuple[str, int, dict[str, str]]] = {"stack": (stack, settings.billing.monthly_budget, {})}
    ownership = settings.ownership
    limits[f"team-{ownership.team}"] = (
        f"{stack}/{ownership.team}",
        ownership.monthly_budget,
        {"team": ownership.team},
    )
    for key, team in settings.teams.items():
        limits[f"team-{key}"] = (f"{stack}/{key}", team.monthly_budget, {"team": key})
    for name, (display_name, amount, counted) in limits.items():
        Budget(
            f"budget-{name}",
            BudgetArgs(
                display_name=display_name,
                billing_account=settings.billing.account,
                currency=settings.billing.currency,
                amount=amount,
                project_number=settings.projects.service_number,
                channels=[alerting.channels["ticket"].name],
                labels=counted,
            ),
            pulumi.ResourceOptions(provider=google),
        )
