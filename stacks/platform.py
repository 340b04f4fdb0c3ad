"""The platform from top to bottom.

Order is dependency. Arguments come from the settings or from the attributes of what stands above; the layers know the
components, this file knows what comes after what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi

from components.cluster import Cluster
from components.network import SharedVpc
from components.pipelines import PipelinesState
from components.workload_account import WorkloadAccount
from stacks import providers
from stacks.layers import (
    capacity,
    compute,
    data,
    encryption,
    file_shares,
    foundation,
    gateway,
    hardening,
    identity,
    mesh,
    mounts,
    network_policies,
    operations,
    operators,
    pipelines,
    pod_security,
    queues,
    registries,
    secrets,
    teams,
    warehouses,
)
from stacks.settings import Settings
from stacks.settings.facts.versions import load_versions


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
            "workloadAccounts": {key: account.email for key, account in self.workloads.items()},
            "buckets": self.bucket_names,
        }
        for name, value in outputs.items():
            pulumi.export(name, value)


def build(settings: Settings) -> Platform:
    """Declare the whole platform."""
    versions = load_versions()
    google = providers.google(settings)
    host, service = foundation.services(settings, google)
    keys = encryption.Keys(settings, google, service)
    alerting = operations.monitoring(settings, google, service)
    operations.budgets(settings, google, alerting)
    vpc = foundation.network(settings, google, host)
    hardening.network(settings, google, vpc)
    hardening.images(settings, google, service)
    foundation.groups(settings, google, service)
    jobs = identity.jobs(settings, google, service)
    identity.audit(settings, google, service)
    accounts = compute.node_accounts(settings, google, service)
    clusters = compute.clusters(settings, google, vpc, accounts, keys)
    pools = capacity.gpu_pools(settings, google, clusters, accounts, keys)
    compute.backups(settings, google, clusters)
    workloads = data.workloads(settings, google, clusters)
    lakes = warehouses.lakes(settings, google, service)
    buckets = data.buckets(settings, google, workloads, keys, service, lakes)
    catalog = warehouses.catalog_agent(settings, google, service)
    warehouses.warehouses(settings, google, service, keys, workloads, catalog)
    warehouses.discovery(settings, google, catalog, buckets)
    shares = file_shares.shares(settings, google, vpc, keys)
    registries.registries(settings, google, service, keys, workloads, jobs)
    kept = secrets.secrets(settings, google, service, keys, workloads)
    kubernetes = {
        key: providers.kubernetes(key, cluster.dns_endpoint, cluster.system_pool) for key, cluster in clusters.items()
    }
    hardening.disks(settings, kubernetes, keys)
    capacity.compute_classes(settings, kubernetes, pools)
    ground = teams.Ground({team: account.email for team, account in workloads.items()})
    namespaces = teams.namespaces(settings, kubernetes, pod_security.guards(settings, kubernetes), ground)
    network_policies.walls(settings, kubernetes, namespaces)
    teams.people_and_jobs(settings, kubernetes, namespaces)
    mounts.mounts(settings, kubernetes, namespaces, buckets)
    gateway.gateway(settings, gateway.Ground(google, service, vpc, clusters, kubernetes, namespaces))
    file_shares.mounts(settings, kubernetes, namespaces, shares)
    secrets.mounts(settings, kubernetes, namespaces, kept)
    kubeflow = operators.kubeflow(settings, versions, kubernetes)
    mesh.mesh(settings, kubernetes, namespaces, kubeflow)
    queues.queues(settings, versions, kubernetes, kubeflow)
    if settings.pipelines is not None:
        database = pipelines.database(settings, settings.pipelines, google, vpc, keys)
        state = PipelinesState(
            account=workloads[data.PIPELINES].email,
            bucket=buckets[settings.pipelines.bucket],
            database_address=database.address,
            database_user=data.PIPELINES,
            database_password=database.password,
        )
        cluster = settings.pipelines.cluster
        needs = [kubeflow[cluster], workloads[data.PIPELINES]]
        pipelines.pipelines(settings, versions, [google, kubernetes[cluster]], state, needs)
    return Platform(vpc=vpc, clusters=clusters, workloads=workloads, bucket_names=buckets)
