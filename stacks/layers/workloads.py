"""IAM accounts that workloads use."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_gcp as gcp

from components.cluster import Cluster
from components.pipelines import NAMESPACE, RUNNER
from components.team_namespace import WORKLOAD
from components.workload_account import WorkloadAccount, WorkloadAccountArgs
from stacks.settings import Settings

PIPELINES: Final = "pipelines"  # key of the pipelines' account; no team has this key


def accounts(settings: Settings, *, google: gcp.Provider, clusters: dict[str, Cluster]) -> dict[str, WorkloadAccount]:
    """The account of each team's workloads, and the account that pipelines run as."""
    users = {key: (team.clusters[0], key, WORKLOAD) for key, team in settings.teams.items()}
    if settings.pipelines is not None:
        users[PIPELINES] = (settings.pipelines.cluster, NAMESPACE, RUNNER)
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
