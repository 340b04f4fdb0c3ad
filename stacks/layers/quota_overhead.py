"""Room in a team's quota for what the platform puts into pods beside the team's own containers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from stacks.layers import mesh, quotas
from stacks.settings import Local, Settings
from stacks.settings.derived import team_data
from stacks.settings.derived.pod_resources import Beside, beside

# What a proxy of the mesh asks for, as `istiod` in stacks/versions.yaml says; a pod of a job has one if it says so.
PROXY_CPU_MILLIS: Final = 50
PROXY_MIB: Final = 128


@dataclass(frozen=True)
class Room:
    """Cores and GiB."""

    cpu: int
    memory_gib: int


def room(settings: Settings | Local, cluster: str, team: str) -> Room:
    """What webhooks add to all pods of a team at once, and no more than the cluster's machines have.

    The queue lets a job start by what its template asks for, and no template has the driver's container of a mount or
    the mesh's proxy. Without this room a job at the edge of its team's quota would start and then miss pods, which
    nobody could explain. It is the machines that bound it, and the queue that holds teams to their promises.
    """
    if not mesh.covers(settings):
        return Room(0, 0)  # nor is there a driver
    driver = _driver(settings, team) or Beside(0, 0, 0)
    pods = settings.teams[team].quota.pods
    wanted = (
        math.ceil(pods * (driver.cpu_millis + PROXY_CPU_MILLIS) / 1000),
        math.ceil(pods * (driver.memory_mib + PROXY_MIB) / 1024),
    )
    cpu, memory_gib = quotas.size_of_cluster(settings, cluster) or wanted
    return Room(min(wanted[0], cpu), min(wanted[1], memory_gib))


def _driver(settings: Settings | Local, team: str) -> Beside | None:
    """What the driver of mounts adds to a pod; folders of a laptop need none."""
    if isinstance(settings, Local):
        return None
    return beside(team_data.mounts(settings.teams, settings.buckets, settings.mounts), team)
