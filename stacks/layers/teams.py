"""A team's place in each of its clusters."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.team_namespace import QuotaArgs, TeamNamespace, TeamNamespaceArgs
from components.workload_account import WorkloadAccount
from stacks import labels
from stacks.layers import queues
from stacks.settings import Settings


def namespaces(
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
                    gpus=sum(queues.gpus(settings, cluster, team).values()),
                ),
                labels=labels.team(settings, team),
                proxies=[str(subnet.cidr) for subnet in settings.network.proxy_subnets.values()],
            ),
            pulumi.ResourceOptions(provider=kubernetes[cluster]),
        )
        for team, entry in settings.teams.items()
        for cluster in entry.clusters
    }
