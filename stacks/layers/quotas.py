"""What teams are promised, what they may borrow beside that, and so the most that each can ever use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from components.team_queue import QueueQuotaArgs
from stacks.layers import capacity
from stacks.settings import Local, Settings, Tenancy
from stacks.settings.derived import cluster_size
from stacks.settings.model.local import Operators

UNKNOWN_SIZE: Final = 1_000_000  # cores or GiB, above what any cluster has


@dataclass(frozen=True)
class Most:
    """The most that a team can use of a cluster at once: cores, memory in GiB, GPUs of any kind."""

    cpu: int
    memory_gib: int
    gpus: int


def cpu(settings: Tenancy, team: str) -> QueueQuotaArgs:
    """A team's cores in each of its clusters."""
    entry = settings.teams[team]
    return QueueQuotaArgs(entry.quota.cpu, entry.queue.borrowing_limit.cpu, entry.queue.lending_limit.cpu)


def memory_gib(settings: Tenancy, team: str) -> QueueQuotaArgs:
    """A team's memory in each of its clusters."""
    entry = settings.teams[team]
    return QueueQuotaArgs(
        entry.quota.memory_gib, entry.queue.borrowing_limit.memory_gib, entry.queue.lending_limit.memory_gib
    )


def gpus(settings: Settings | Local, cluster: str, team: str) -> dict[str, QueueQuotaArgs]:
    """A team's GPUs of one cluster, by flavor, cheap capacity first."""
    entry = settings.teams[team]
    borrow, lend = entry.queue.borrowing_limit.gpus, entry.queue.lending_limit.gpus
    return {
        flavor: QueueQuotaArgs(entry.quota.gpus[flavor], borrow.get(flavor), lend.get(flavor))
        for flavor in capacity.flavors(settings, cluster)
        if flavor in entry.quota.gpus
    }


def shared_gpus(settings: Settings | Local, cluster: str) -> dict[str, int]:
    """What no team of a cluster is promised of its GPUs, by flavor: whoever lists the flavor may borrow that."""
    teams = _teams(settings, cluster)
    return {
        flavor: capacity.size(settings, flavor) - sum(settings.teams[team].quota.gpus.get(flavor, 0) for team in teams)
        for flavor in capacity.flavors(settings, cluster)
    }


def most(settings: Settings | Local, cluster: str, team: str) -> Most:
    """What a team is promised and all that it can ever borrow: the wall around its namespace, which no loan may hit.

    It depends on the team and the pools alone, so that another team's coming or going moves no wall.
    """
    if isinstance(settings, Local) and settings.operators is Operators.NONE:  # nobody lends
        quota = settings.teams[team].quota
        return Most(
            quota.cpu, quota.memory_gib, sum(share.nominal_quota for share in gpus(settings, cluster, team).values())
        )
    size = size_of_cluster(settings, cluster)
    return Most(
        cpu=_wall(cpu(settings, team), None if size is None else size[0]),
        memory_gib=_wall(memory_gib(settings, team), None if size is None else size[1]),
        gpus=sum(
            _wall(share, capacity.size(settings, flavor)) for flavor, share in gpus(settings, cluster, team).items()
        ),
    )


def _wall(share: QueueQuotaArgs, size: int | None) -> int:
    """The promise and the loans, within what there is; of a size that nobody knows nothing is held back."""
    most = UNKNOWN_SIZE if size is None else size
    return max(
        share.nominal_quota,
        most if share.borrowing_limit is None else min(share.nominal_quota + share.borrowing_limit, most),
    )


def size_of_cluster(settings: Settings | Local, cluster: str) -> tuple[int, int] | None:
    """Cores and GiB of a cluster with all of its nodes; None where one of its machines is not known."""
    if isinstance(settings, Local):
        return None
    return cluster_size.most(cluster, settings.clusters[cluster], settings.gpu_pools.values())


def _teams(settings: Tenancy, cluster: str) -> list[str]:
    return [team for team, entry in settings.teams.items() if cluster in entry.clusters]
