"""Composition of a stack in the cloud.

The order of calls is the order of dependencies: arguments are settings, or resources that an earlier call returned. The
layers know the components; this module knows the order of the layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi

from components.cluster import Cluster
from components.network import SharedVpc
from components.workload_account import WorkloadAccount
from stacks import providers
from stacks.layers import (
    buckets,
    budgets,
    capacity,
    compute,
    encryption,
    file_shares,
    foundation,
    gateway,
    hardening,
    identity,
    mesh,
    monitoring,
    mounts,
    operators,
    pipelines,
    queues,
    registries,
    secrets,
    teams,
    warehouses,
    workloads,
)
from stacks.settings import Settings
from stacks.settings.facts.versions import load_versions


@dataclass(frozen=True)
class Platform:
    """Declared resources by the keys of the settings."""

    vpc: SharedVpc
    clusters: dict[str, Cluster]
    accounts: dict[str, WorkloadAccount]
    bucket_names: dict[str, pulumi.Input[str]]

    def export(self) -> None:
        """Export the stack's outputs, which runbooks read."""
        outputs: dict[str, Any] = {
            "network": self.vpc.network.self_link,
            "clusterEndpoints": {key: cluster.dns_endpoint for key, cluster in self.clusters.items()},
            "workloadAccounts": {key: account.email for key, account in self.accounts.items()},
            "buckets": self.bucket_names,
        }
        for name, value in outputs.items():
            pulumi.export(name, value)


def build(settings: Settings) -> Platform:
    """Declare every resource of the stack."""
    versions = load_versions()
    google = providers.google(settings)
    host_apis, apis = foundation.services(settings, google=google)
    keys = encryption.Keys(settings, google=google, apis=apis)

    monitoring.dashboard(settings, google=google, apis=apis)
    alerting = monitoring.alerting(settings, google=google, apis=apis)
    budgets.budgets(settings, google=google, alerting=alerting)

    vpc = foundation.network(settings, google=google, apis=host_apis)
    hardening.network(settings, google=google, vpc=vpc)
    hardening.images(settings, google=google, apis=apis)

    foundation.groups(settings, google=google, apis=apis)
    jobs = identity.jobs(settings, google=google, apis=apis)
    identity.audit(settings, google=google, apis=apis)

    node_accounts = compute.node_accounts(settings, google=google, apis=apis)
    clusters = compute.clusters(settings, google=google, vpc=vpc, keys=keys, node_accounts=node_accounts)
    pools = capacity.gpu_pools(settings, google=google, keys=keys, node_accounts=node_accounts, clusters=clusters)
    compute.backups(settings, google=google, clusters=clusters)
    accounts = workloads.accounts(settings, google=google, clusters=clusters)

    lakes = warehouses.lakes(settings, google=google, apis=apis)
    bucket_names = buckets.buckets(settings, google=google, apis=apis, keys=keys, accounts=accounts, lakes=lakes)
    agent = warehouses.catalog_agent(settings, google=google, apis=apis)
    warehouses.warehouses(settings, google=google, apis=apis, keys=keys, accounts=accounts, agent=agent)
    warehouses.discovery(settings, google=google, agent=agent, buckets=bucket_names)
    shares = file_shares.shares(settings, google=google, vpc=vpc, keys=keys)
    registries.registries(settings, google=google, apis=apis, keys=keys, accounts=accounts, jobs=jobs)
    team_secrets = secrets.secrets(settings, google=google, apis=apis, keys=keys, accounts=accounts)

    kubernetes = {
        key: providers.kubernetes(key, cluster.dns_endpoint, cluster.system_pool) for key, cluster in clusters.items()
    }
    hardening.disks(settings, kubernetes=kubernetes, keys=keys)
    capacity.compute_classes(settings, kubernetes=kubernetes, pools=pools)

    addresses = {team: account.email for team, account in accounts.items()}
    namespaces = teams.teams(settings, kubernetes=kubernetes, accounts=addresses)
    mounts.mounts(settings, kubernetes=kubernetes, namespaces=namespaces, buckets=bucket_names)
    file_shares.mounts(settings, kubernetes=kubernetes, namespaces=namespaces, shares=shares)
    secrets.mounts(settings, kubernetes=kubernetes, namespaces=namespaces, secrets=team_secrets)
    gateway.gateway(
        settings,
        gateway.GatewayDependencies(
            google=google, apis=apis, vpc=vpc, clusters=clusters, kubernetes=kubernetes, namespaces=namespaces
        ),
    )

    kubeflow = operators.kubeflow(settings, versions=versions, kubernetes=kubernetes)
    mesh.mesh(settings, kubernetes=kubernetes, namespaces=namespaces, kubeflow=kubeflow)
    mesh.gateway_ingress(settings, kubernetes=kubernetes, namespaces=namespaces, kubeflow=kubeflow)
    queues.queues(settings, versions=versions, kubernetes=kubernetes, kubeflow=kubeflow)
    pipelines.pipelines(
        settings,
        versions=versions,
        google=google,
        vpc=vpc,
        keys=keys,
        accounts=accounts,
        buckets=bucket_names,
        kubernetes=kubernetes,
        kubeflow=kubeflow,
    )
    return Platform(vpc=vpc, clusters=clusters, accounts=accounts, bucket_names=bucket_names)
