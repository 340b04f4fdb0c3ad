"""A team's place in each of its clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as k8s

from components.team_namespace import QuotaArgs, TeamNamespace, TeamNamespaceArgs
from stacks import labels
from stacks.layers import queues
from stacks.settings import Local, Settings


@dataclass(frozen=True)
class Ground:
    """What only a cloud has for a namespace: the addresses of teams' accounts, and where load balancers speak from."""

    accounts: Mapping[str, str] = field(default_factory=dict)
    proxies: Sequence[str] = ()


def namespaces(
    settings: Settings | Local, kubernetes: dict[str, k8s.Provider], ground: Ground
) -> dict[tuple[str, str], TeamNamespace]:
    """A namespace for each team in each of its clusters, by cluster and team."""
    return {
        (cluster, team): TeamNamespace(
            f"team-{cluster}.{team}",  # keys have no dots, so no two pairs make one name
            TeamNamespaceArgs(
                namespace=team,
                account=ground.accounts.get(team),
                quota=QuotaArgs(
                    cpu=entry.quota.cpu,
                    memory_gib=entry.quota.memory_gib,
                    gpus=sum(queues.gpus(settings, cluster, team).values()),
                ),
                labels=labels.team(settings, team),
                proxies=ground.proxies,
            ),
            pulumi.ResourceOptions(provider=kubernetes[cluster]),
        )
        for team, entry in settings.teams.items()
        for cluster in entry.clusters
    }
