"""What teams are promised, what they may borrow beside that, and so the most that each can ever use."""

from __future__ import annotations

from dataclasses import dataclass

from components.team_queue import ShareArgs
from stacks.layers import capacity
from stacks.settings import Settings


@dataclass(frozen=True)
class Most:
    """The most that a team can use of a cluster at once: cores, memory in GiB, GPUs of any kind."""

    cpu: int
    memory_gib: int
    gpus: int


def cpu(settings: Settings, team: str) -> ShareArgs:
    """A team's cores in each of its clusters."""
    entry = settings.teams[team]
    return ShareArgs(entry.quota.cpu, entry.queue.borrow.cpu, entry.queue.lend.cpu)


def memory_gib(settings: Settings, team: str) -> ShareArgs:
    """A team's memory in each of its clusters."""
    entry = settings.teams[team]
    return ShareArgs(entry.quota.memory_gib, entry.queue.borrow.memory_gib, entry.queue.lend.memory_gib)


def gpus(settings: Settings, cluster: str, team: str) -> dict[str, ShareArgs]:
    """A team's GPUs of one cluster, by flavor, cheap capacity first."""
    entry = settings.teams[team]
    borrow, lend = entry.queue.borrow.gpus, entry.queue.lend.gpus
    return {
        flavor: ShareArgs(entry.quota.gpus[flavor], borrow.get(flavor), lend.get(flavor))
        for flavor in capacity.flavors(settings, cluster)
        if flavor in entry.quota.gpus
    }


def shared_gpus(settings: Settings, cluster: str) -> dict[str, int]:
    """What no team of a cluster is promised of its GPUs, by flavor: whoever lists the flavor may borrow that."""
    teams = _teams(settings, cluster)
    return {
        flavor: capacity.size(settings, flavor) - sum(settings.teams[team].quota.gpus.get(flavor, 0) for team in teams)
        for flavor in capacity.flavors(settings, cluster)
    }


def most(settings: Settings, cluster: str, team: str) -> Most:
    """What a team is promised and all that it can borrow: the wall around its namespace, which a loan must not hit."""
    others = [other for other in _teams(settings, cluster) if other != team]
    theirs = [gpus(settings, cluster, other) for other in others]
    shared = shared_gpus(settings, cluster)
    return Most(
        cpu=_reach(cpu(settings, team), [cpu(settings, other) for other in others]),
        memory_gib=_reach(memory_gib(settings, team), [memory_gib(settings, other) for other in others]),
        gpus=sum(
            _reach(share, [lender[flavor] for lender in theirs if flavor in lender], shared[flavor])
            for flavor, share in gpus(settings, cluster, team).items()
        ),
    )


def _reach(share: ShareArgs, lenders: list[ShareArgs], shared: int = 0) -> int:
    lent = shared + sum(lender.promised if lender.lend is None else lender.lend for lender in lenders)
    return share.promised + (lent if share.borrow is None else min(share.borrow, lent))


def _teams(settings: Settings, cluster: str) -> list[str]:
    return [team for team, entry in settings.teams.items() if cluster in entry.clusters]
