"""Tests of `components.file_share_mount`; `test_volumes` tests the binding of volume and claim."""

from __future__ import annotations

from components.file_share_mount import FileShareMount, FileShareMountArgs
from tests.components.in_cluster import LABELS, in_cluster

MOUNT = FileShareMountArgs(
    claim_name="scratch",
    namespace="vision",
    location="europe-west4-a",
    instance="scratch-prod",
    share="files",
    address="10.1.2.3",
    capacity_gib=1024,
    protocol="NFS_V4_1",
    labels=LABELS,
)


def test_file_share_mount_is_an_existing_share_of_the_filestore_driver() -> None:
    """The handle's form is that of the driver for instances that it did not create."""
    volume = in_cluster(FileShareMount, MOUNT).spec("volume")

    assert volume["csi"] == {
        "driver": "filestore.csi.storage.gke.io",
        "volumeHandle": "modeInstance/europe-west4-a/scratch-prod/files",
        "volumeAttributes": {"ip": "10.1.2.3", "volume": "files", "protocol": "NFS_V4_1"},
    }
    assert volume["volumeMode"] == "Filesystem"


def test_file_share_mount_has_a_volume_per_namespace() -> None:
    """Volumes are cluster-wide, and several namespaces may mount one share."""
    mount = in_cluster(FileShareMount, MOUNT)

    assert mount.roles == {"volume", "claim"}
    assert mount.metadata("volume") == {"name": "scratch.vision", "labels": LABELS}
    assert mount.metadata("claim") == {"name": "scratch", "namespace": "vision", "labels": LABELS}
    assert mount.spec("volume")["claimRef"] == {"name": "scratch", "namespace": "vision"}
    assert mount.spec("claim")["volumeName"] == "scratch.vision"


def test_file_share_mount_is_writable_by_many_pods_and_has_the_size_of_the_share() -> None:
    """Pods of several nodes write the same files."""
    mount = in_cluster(FileShareMount, MOUNT)

    assert mount.spec("volume")["accessModes"] == mount.spec("claim")["accessModes"] == ["ReadWriteMany"]
    assert mount.spec("volume")["capacity"] == mount.spec("claim")["resources"]["requests"] == {"storage": "1024Gi"}
