"""A team's place in each of its clusters."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.team_namespace import QuotaArgs, TeamNamespace, TeamNamespaceArgs
from components.workload_account import WorkloadAccount
from stacks import labels
from stacks.layers import promises
from stacks.settings import Settings


def namespaces(
    settings: Settings, kubernetes: dict[str, k8s.Provider], workloads: dict[str, WorkloadAccount]
) -> dict[tuple[str, str], TeamNamespace]:
    """A namespace for each team in each of its clusters, by cluster and team."""
    # The queue holds teams to their promises; the wall around a namespace stands where no loan reaches it.
    most = {
        (cluster, team): promises.most(settings, cluster, team)
        for team, entry in settings.teams.items()
        for cluster in entry.clusters
    }
    return {
        (cluster, team): TeamNamespace(
            f"team-{cluster}.{team}",  # keys have no dots, so no two pairs make one name
            TeamNamespaceArgs(
                namespace=team,
                account=workloads[team].address,
                quota=QuotaArgs(
                    cpu=most[cluster, team].cpu,
                    memory_gib=most[cluster, team].memory_gib,
                    gpus=most[cluster, team].gpus,
                ),
                labels=labels.team(settings, team),
                proxies=[str(subnet.cidr) for subnet in settings.network.proxy_subnets.values()],
            ),
            pulumi.ResourceOptions(provider=kubernetes[cluster]),
        )
        for team, entry in settings.teams.items()
        for cluster in entry.clusters
    }
