"""Volumes that replace mounted buckets on existing clusters; their claims have the same names as in the cloud."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.folder_mount import FolderMount, FolderMountArgs
from components.mount_notes import MountNotes, MountNotesArgs, PodMountsArgs
from components.team_namespace import TeamNamespace
from components.volume_mount import VolumeMount, VolumeMountArgs
from stacks import labels
from stacks.layers.mounts import ANY_POOL
from stacks.settings import Local
from stacks.settings.model.local import LocalMount
from stacks.settings.model.team_data import claim


def mounts(
    settings: Local, *, kubernetes: dict[str, k8s.Provider], namespaces: dict[tuple[str, str], TeamNamespace]
) -> None:
    """Each mount in every cluster of its team, and usage notes that list the claims."""
    for key, entry in settings.all_mounts().items():
        for cluster in settings.teams[entry.team].clusters:
            options = pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespaces[cluster, entry.team]])
            _mount(settings, f"mount-{cluster}.{key}", key, entry, options)
    for (cluster, team), namespace in namespaces.items():
        if claims := settings.mounted_claims(team):
            MountNotes(
                f"mounts-{cluster}.{team}",
                MountNotesArgs(
                    namespace=team, pods={ANY_POOL: PodMountsArgs(claims=claims)}, labels=labels.team(settings, team)
                ),
                pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace]),
            )


def _mount(settings: Local, name: str, key: str, entry: LocalMount, options: pulumi.ResourceOptions) -> None:
    """The claim of one mount, on the folder of its bucket or on a volume of the storage class."""
    bucket = settings.buckets[entry.bucket]
    data_class = {} if bucket.data_class is None else {"data-class": bucket.data_class.value}
    data_labels = {**labels.team(settings, entry.team), **data_class}
    if settings.volumes.folder is None:
        VolumeMount(
            name,
            VolumeMountArgs(
                claim_name=claim(key),
                namespace=entry.team,
                size_gib=bucket.size_gib,
                storage_class=settings.volumes.storage_class,
                labels=data_labels,
            ),
            options,
        )
        return
    FolderMount(
        name,
        FolderMountArgs(
            claim_name=claim(key),
            volume_name=key,
            namespace=entry.team,
            path=_path(settings.volumes.folder, entry),
            read_only=entry.read_only,
            size_gib=bucket.size_gib,
            labels=data_labels,
        ),
        options,
    )


def _path(folder: str, entry: LocalMount) -> str:
    """The folder of a mount on the nodes, the same for every mount of a bucket."""
    parts = [folder, entry.bucket, *([] if entry.only_dir is None else [entry.only_dir])]
    return "/".join(parts)
