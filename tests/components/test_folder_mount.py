"""Tests of `components.folder_mount`; `test_volumes` tests the binding of volume and claim."""

from __future__ import annotations

import dataclasses

from components.folder_mount import FolderMount
from tests.components.in_cluster import in_cluster
from tests.components.test_volumes import MOUNT


def test_folder_mount_is_a_local_volume_on_every_node() -> None:
    """Every node has the folder, so the required node affinity of a local volume selects all of them."""
    mount = in_cluster(FolderMount, MOUNT)
    volume = mount.spec("volume")

    assert mount.roles == {"volume", "claim"}
    assert volume["local"] == {"path": "/data/raw"}
    assert volume["nodeAffinity"]["required"]["nodeSelectorTerms"] == [
        {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "Exists"}]}
    ]


def test_read_only_folder_is_mounted_with_ro() -> None:
    """An access mode alone does not keep a pod from writing."""
    mount = in_cluster(FolderMount, dataclasses.replace(MOUNT, read_only=True))

    assert mount.spec("volume")["mountOptions"] == ["ro"]
    assert mount.spec("claim")["accessModes"] == ["ReadOnlyMany"]


def test_writable_folder_has_no_mount_options() -> None:
    """Pods may write."""
    mount = in_cluster(FolderMount, MOUNT)

    assert "mountOptions" not in mount.spec("volume")
    assert mount.spec("claim")["accessModes"] == ["ReadWriteMany"]


def test_folder_mount_has_the_names_labels_and_size_of_its_claim() -> None:
    """Users know the claim by its name and namespace."""
    mount = in_cluster(FolderMount, MOUNT)

    assert mount.metadata("volume")["name"] == mount.spec("claim")["volumeName"] == MOUNT.volume_name
    assert mount.metadata("claim") == {"name": "raw", "namespace": "vision", "labels": MOUNT.labels}
    assert mount.spec("claim")["resources"]["requests"] == {"storage": "5Gi"}
