"""Volumes in place of buckets, in the namespaces of teams: the claims have the names that they have in the cloud."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.folder_mount import FolderMount, FolderMountArgs
from components.mount_notes import MountNotes, MountNotesArgs, PodMountsArgs
from components.team_namespace import TeamNamespace
from components.volume_mount import VolumeMount, VolumeMountArgs
from stacks import labels
from stacks.layers.mounts import ANY
from stacks.settings import Local
from stacks.settings.derived import local_data, team_data
from stacks.settings.model.local import LocalMount


def mounts(
    settings: Local, kubernetes: dict[str, k8s.Provider], namespaces: dict[tuple[str, str], TeamNamespace]
) -> None:
    """Each mount in every cluster of its team, and the list of claims that a team's pods may have."""
    every = local_data.mounts(settings.teams, settings.buckets, settings.mounts)
    for key, entry in every.items():
        for cluster in settings.teams[entry.team].clusters:
            _mount(
                settings,
                f"mount-{cluster}.{key}",
                key,
                entry,
                pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespaces[cluster, entry.team]]),
            )
    for (cluster, team), namespace in namespaces.items():
        claims = sorted(team_data.claim(key) for key, entry in every.items() if entry.team == team)
        if claims:
            MountNotes(
                f"mounts-{cluster}.{team}",
                MountNotesArgs(
                    namespace=team, pods={ANY: PodMountsArgs(claims=claims)}, labels=labels.team(settings, team)
                ),
                pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace]),
            )


def _mount(settings: Local, name: str, key: str, entry: LocalMount, options: pulumi.ResourceOptions) -> None:
    """The claim of one mount, on the folder of its bucket or on a volume of its own."""
    bucket = settings.buckets[entry.bucket]
    owned = labels.team(settings, entry.team)
    kept = owned if bucket.data_class is None else {**owned, "data-class": bucket.data_class.value}
    if settings.volumes.folder is None:
        VolumeMount(
            name,
            VolumeMountArgs(
                claim_name=team_data.claim(key),
                namespace=entry.team,
                size_gib=bucket.size_gib,
                storage_class=settings.volumes.storage_class,
                labels=kept,
            ),
            options,
        )
        return
    FolderMount(
        name,
        FolderMountArgs(
            claim_name=team_data.claim(key),
            volume_name=key,
            namespace=entry.team,
            path=_path(settings.volumes.folder, entry),
            read_only=entry.read_only,
            size_gib=bucket.size_gib,
            labels=kept,
        ),
        options,
    )


def _path(folder: str, entry: LocalMount) -> str:
    """Where a mount's files lie on the nodes: every mount of a bucket shows the same ones."""
    parts = [folder, entry.bucket, *([] if entry.only_dir is None else [entry.only_dir])]
    return "/".join(parts)
