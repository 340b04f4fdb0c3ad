"""Buckets as folders in the namespaces of teams."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as k8s

from components.bucket_mount import BucketMount, BucketMountArgs, MountCachesArgs
from components.mount_notes import DriverArgs, MountNotes, MountNotesArgs, PodMountsArgs
from components.team_namespace import TeamNamespace
from stacks import labels
from stacks.settings import Settings
from stacks.settings.derived import team_data
from stacks.settings.derived.pod_resources import WRITE_BLOCKS, pod_needs, together
from stacks.settings.model.mounts import Mount

ANY = "any"  # in the guide: every pool that no mount names; no pool is called so, see `names`


def mounts(
    settings: Settings,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
    buckets: dict[str, pulumi.Input[str]],
) -> None:
    """Each mount in every cluster of its team, and what a pod has to say to use them."""
    every = team_data.mounts(settings.teams, settings.buckets, settings.mounts)
    for key, entry in every.items():
        clusters = settings.teams[entry.team].clusters
        for cluster in clusters:
            # A mount of the settings was once in one cluster only, and called by its key alone.
            once = key in settings.mounts and cluster == clusters[0]
            aliases = [pulumi.Alias(name=f"mount-{key}")] if once else None
            BucketMount(
                f"mount-{cluster}.{key}",
                _args(settings, key, entry, buckets[entry.bucket]),
                pulumi.ResourceOptions(
                    provider=kubernetes[cluster], depends_on=[namespaces[cluster, entry.team]], aliases=aliases
                ),
            )
    for (cluster, team), namespace in namespaces.items():
        if any(entry.team == team for entry in every.values()):
            MountNotes(
                f"mounts-{cluster}.{team}",
                MountNotesArgs(namespace=team, pods=_pods(every, team), labels=labels.team(settings, team)),
                pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace]),
            )


def _args(settings: Settings, key: str, entry: Mount, bucket: pulumi.Input[str]) -> BucketMountArgs:
    return BucketMountArgs(
        claim_name=team_data.claim(key),
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
    """What a pod of a team needs on each pool that a mount names, and on any other one."""
    named = {entry.pool for entry in mounts.values() if entry.team == team and entry.pool is not None}
    pods = {}
    for pool in [None, *sorted(named)]:
        entries = together(mounts, team, pool)
        needs = pod_needs(entries)
        if entries:
            pods[pool or ANY] = PodMountsArgs(
                claims=sorted(team_data.claim(key) for key in entries),
                driver=DriverArgs(
                    memory_mib=needs.memory,
                    disk_mib=needs.disk,
                    cache_mib=needs.cache,
                    cache_medium=needs.medium.value,
                ),
            )
    return pods
