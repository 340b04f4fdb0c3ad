"""The ResourceQuota of a team's namespace: the single place where its numbers are computed.

Kueue enforces the nominal quota and the limits of borrowing. It counts what pod templates request, so it admits a job
without the containers that webhooks add to the pods. The ResourceQuota therefore has to be larger than all that Kueue
can admit: otherwise a job at the limit of its team would start and then lack some of its pods.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from stacks.settings.derived import cluster_size, gpu_counts
from stacks.settings.derived.pod_resources import driver_overhead
from stacks.settings.model.cloud import Settings
from stacks.settings.model.local import Local
from stacks.settings.model.queue_flavors import Share

UNKNOWN_SIZE: Final = 1_000_000  # cores or GiB, above the size of any cluster
# The requests of a sidecar of the mesh, as set for `istiod` in stacks/versions.yaml. Every pod is counted with one,
# although a pod of a job has it only by choice.
PROXY_CPU_MILLIS: Final = 50
PROXY_MIB: Final = 128


@dataclass(frozen=True)
class Resources:
    """Cores and GiB of memory."""

    cpu: int
    memory_gib: int


@dataclass(frozen=True)
class NamespaceQuota:
    """Limits of a namespace: cores, GiB of memory and of disks, GPUs of any kind, and numbers of objects."""

    cpu: int
    memory_gib: int
    gpus: int
    storage_gib: int
    claims: int
    notebooks: int
    models: int
    pods: int


def namespace_quota(settings: Settings | Local, cluster: str, team: str, bucket_claim_gib: int) -> NamespaceQuota:
    """The quota of a team's namespace; the claim of a mounted bucket requests `bucket_claim_gib`."""
    entry = settings.teams[team]
    shares = settings.shares(cluster, team)
    admitted = max_admitted(settings, cluster, team)
    overhead = sidecar_overhead(settings, cluster, team)
    provided = settings.provided_claims(team, bucket_claim_gib)
    notebooks = 0 if entry.notebooks is None else entry.notebooks.max
    notebook_disks = 0 if entry.notebooks is None else notebooks * entry.notebooks.storage_gib
    return NamespaceQuota(
        cpu=admitted.cpu + overhead.cpu,
        memory_gib=admitted.memory_gib + overhead.memory_gib,
        gpus=sum(
            _admitted(settings, share, gpu_counts.of_flavor(settings.queue_flavors(cluster)[flavor]))
            for flavor, share in shares.gpus.items()
        ),
        storage_gib=entry.quota.storage_gib + notebook_disks + sum(provided),
        claims=entry.quota.claims + notebooks + len(provided),
        notebooks=notebooks,
        models=0 if entry.models is None else entry.models.max,
        pods=entry.quota.pods,
    )


def max_admitted(settings: Settings | Local, cluster: str, team: str) -> Resources:
    """The most that the queue can admit of a team: nominal quota and borrowing limit, capped at the cluster's size.

    It depends on the team and on the pools only, so that other teams can be added and removed without changing it.
    """
    size = cluster_size.of_stack(settings, cluster) or (UNKNOWN_SIZE, UNKNOWN_SIZE)
    shares = settings.shares(cluster, team)
    return Resources(_admitted(settings, shares.cpu, size[0]), _admitted(settings, shares.memory_gib, size[1]))


def _admitted(settings: Settings | Local, share: Share, size: int) -> int:
    if not settings.has_operators:  # without a queue there is nothing to borrow from
        return share.nominal
    borrowing = size if share.borrowing_limit is None else share.borrowing_limit
    return max(share.nominal, min(share.nominal + borrowing, size))


def sidecar_overhead(settings: Settings | Local, cluster: str, team: str) -> Resources:
    """What webhooks add to all pods of a team together, capped at the cluster's size."""
    if not settings.has_operators:  # neither a mesh nor a driver of mounts
        return Resources(0, 0)
    driver = driver_overhead(settings.fuse_mounts(), team)
    pods = settings.teams[team].quota.pods
    cpu = math.ceil(pods * (driver.cpu_millis + PROXY_CPU_MILLIS) / 1000)
    memory_gib = math.ceil(pods * (driver.memory_mib + PROXY_MIB) / 1024)
    size = cluster_size.of_stack(settings, cluster) or (cpu, memory_gib)
    return Resources(min(cpu, size[0]), min(memory_gib, size[1]))
