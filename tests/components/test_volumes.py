"""Tests of `components._volumes`, through a component that uses it."""

from __future__ import annotations

import dataclasses

import pytest

from components.folder_mount import FolderMount, FolderMountArgs
from tests.components.in_cluster import LABELS, in_cluster

MOUNT = FolderMountArgs(
    claim_name="raw",
    volume_name="raw.vision",
    namespace="vision",
    path="/data/raw",
    read_only=False,
    size_gib=5,
    labels=LABELS,
)


def test_bound_claim_is_a_volume_and_a_claim_without_a_storage_class() -> None:
    """An empty class keeps provisioners away: only the volume of that name is bound."""
    mount = in_cluster(FolderMount, MOUNT)

    assert mount.kind("volume") == ("v1", "PersistentVolume")
    assert mount.kind("claim") == ("v1", "PersistentVolumeClaim")
    assert mount.spec("volume")["storageClassName"] == mount.spec("claim")["storageClassName"] == ""


def test_bound_claim_and_volume_name_each_other() -> None:
    """No other claim can bind the volume, and the claim never gets another volume."""
    mount = in_cluster(FolderMount, MOUNT)

    assert mount.metadata("volume") == {"name": "raw.vision", "labels": LABELS}
    assert mount.metadata("claim") == {"name": "raw", "namespace": "vision", "labels": LABELS}
    assert mount.spec("volume")["claimRef"] == {"name": "raw", "namespace": "vision"}
    assert mount.spec("claim")["volumeName"] == "raw.vision"


def test_claim_is_created_after_its_volume() -> None:
    """The engine waits for a claim to be bound, which needs the volume."""
    mount = in_cluster(FolderMount, MOUNT)

    assert mount.dependencies("claim") == {"volume"}
    assert mount.dependencies("volume") == set()


def test_volume_outlives_its_claim() -> None:
    """Deleting the claim deletes no files."""
    assert in_cluster(FolderMount, MOUNT).spec("volume")["persistentVolumeReclaimPolicy"] == "Retain"


def test_claim_requests_the_capacity_of_its_volume() -> None:
    """A claim that requests more than the volume has would never be bound."""
    mount = in_cluster(FolderMount, MOUNT)

    assert mount.spec("volume")["capacity"] == mount.spec("claim")["resources"]["requests"] == {"storage": "5Gi"}


@pytest.mark.parametrize(("read_only", "mode"), [(True, "ReadOnlyMany"), (False, "ReadWriteMany")])
def test_access_mode_is_the_same_in_volume_and_claim(mode: str, *, read_only: bool) -> None:
    """A claim is bound only to a volume with its access mode."""
    mount = in_cluster(FolderMount, dataclasses.replace(MOUNT, read_only=read_only))

    assert mount.spec("volume")["accessModes"] == mount.spec("claim")["accessModes"] == [mode]
