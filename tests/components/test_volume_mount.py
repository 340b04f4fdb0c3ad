"""Tests of `components.volume_mount`."""

from __future__ import annotations

import dataclasses

from components.volume_mount import VolumeMount, VolumeMountArgs
from tests.components.in_cluster import LABELS, in_cluster

MOUNT = VolumeMountArgs(claim_name="raw", namespace="vision", size_gib=5, storage_class="standard", labels=LABELS)


def test_volume_mount_is_a_claim_of_the_storage_class() -> None:
    """Provisioners of laptops support one access mode only: one node at a time."""
    mount = in_cluster(VolumeMount, MOUNT)

    assert mount.roles == {"claim"}
    assert mount.kind("claim") == ("v1", "PersistentVolumeClaim")
    assert mount.spec("claim") == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "5Gi"}},
        "storageClassName": "standard",
    }


def test_volume_mount_without_storage_class_uses_that_of_the_cluster() -> None:
    """An empty name would select volumes without a class, so the field is omitted."""
    mount = in_cluster(VolumeMount, dataclasses.replace(MOUNT, storage_class=None))

    assert "storageClassName" not in mount.spec("claim")


def test_volume_mount_does_not_wait_for_its_volume() -> None:
    """The volume is created for the first pod, so the engine must not await it."""
    assert in_cluster(VolumeMount, MOUNT).metadata("claim") == {
        "name": "raw",
        "namespace": "vision",
        "labels": LABELS,
        "annotations": {"pulumi.com/skipAwait": "true"},
    }


def test_volume_mount_is_retained() -> None:
    """The claim holds a team's data: removing it from the settings must not delete that."""
    assert in_cluster(VolumeMount, MOUNT).nodes["claim"].retain_on_delete
