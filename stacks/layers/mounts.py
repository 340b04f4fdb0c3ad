"""Buckets mounted in the namespaces of teams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components.bucket_mount import BucketMount, BucketMountArgs, MountCachesArgs
from components.mount_notes import DriverArgs, MountNotes, MountNotesArgs, PodMountsArgs
from components.team_namespace import TeamNamespace
from stacks import labels
from stacks.settings import Settings
from stacks.settings.derived.pod_resources import WRITE_BLOCKS, pod_mounts, pod_needs
from stacks.settings.model.mounts import Mount
from stacks.settings.model.team_data import claim

ANY_POOL: Final = "any"  # in the usage notes: every pool that no mount names; no pool has this key, see `names`


def mounts(
    settings: Settings,
    *,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
    buckets: dict[str, pulumi.Input[str]],
) -> None:
    """Each mount in every cluster of its team, and usage notes for its pods."""
    all_mounts = settings.all_mounts()
    for key, entry in all_mounts.items():
        clusters = settings.teams[entry.team].clusters
        for cluster in clusters:
            # The name of a mount was its key while a mount had one cluster.
            renamed = key in settings.mounts and cluster == clusters[0]
            aliases = [pulumi.Alias(name=f"mount-{key}")] if renamed else None
            BucketMount(
                f"mount-{cluster}.{key}",
                _args(settings, key, entry, buckets[entry.bucket]),
                pulumi.ResourceOptions(
                    provider=kubernetes[cluster], depends_on=[namespaces[cluster, entry.team]], aliases=aliases
                ),
            )
    for (cluster, team), namespace in namespaces.items():
        if pods := _pods(all_mounts, team):
            MountNotes(
                f"mounts-{cluster}.{team}",
                MountNotesArgs(namespace=team, pods=pods, labels=labels.team(settings, team)),
                pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace]),
            )


def _args(settings: Settings, key: str, entry: Mount, bucket: pulumi.Input[str]) -> BucketMountArgs:
    return BucketMountArgs(
        claim_name=claim(key),
        volume_name=key,
        namespace=entry.team,
        bucket=bucket,
        read_only=entry.read_only,
        only_dir=entry.only_dir,
        profile=None if entry.profile is None else entry.profile.value,
        caches=MountCachesArgs(
            metadata_ttl_seconds=entry.metadata_ttl_seconds,
            stat_cache_mib=entry.stat_cache_mib,
            file_cache_mib=entry.file_cache_mib,
        ),
        write_blocks=WRITE_BLOCKS,
        labels=labels.team(settings, entry.team),
    )


def _pods(mounts: Mapping[str, Mount], team: str) -> dict[str, PodMountsArgs]:
    """Claims and driver resources of a team's pod on each pool that a mount names, and on any other pool."""
    named = {entry.pool for entry in mounts.values() if entry.team == team and entry.pool is not None}
    pods = {}
    for pool in [None, *sorted(named)]:
        entries = pod_mounts(mounts, team, pool)
        needs = pod_needs(entries)
        if entries:
            pods[pool or ANY_POOL] = PodMountsArgs(
                claims=sorted(claim(key) for key in entries),
                driver=DriverArgs(
                    memory_mib=needs.memory,
                    disk_mib=needs.disk,
                    cache_mib=needs.cache,
                    cache_medium=needs.medium.value,
                ),
            )
    return pods
