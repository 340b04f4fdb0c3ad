"""Tests of `components.encrypted_disks`."""

from __future__ import annotations

from components.encrypted_disks import CLASS_NAME, EncryptedDisks, EncryptedDisksArgs
from tests.components.in_cluster import LABELS, in_cluster

KEY = "projects/p/locations/europe-west4/keyRings/r/cryptoKeys/disks"


def test_encrypted_disks_are_persistent_disks_with_the_key() -> None:
    """Claims name the class; the driver encrypts its disks with the customer-managed key."""
    disks = in_cluster(EncryptedDisks, EncryptedDisksArgs(KEY, LABELS))
    storage_class = disks.inputs("class")

    assert disks.roles == {"class"}
    assert disks.kind("class") == ("storage.k8s.io/v1", "StorageClass")
    assert storage_class["metadata"] == {"name": "encrypted-rwo", "labels": LABELS}
    assert storage_class["metadata"]["name"] == CLASS_NAME
    assert storage_class["provisioner"] == "pd.csi.storage.gke.io"
    assert storage_class["parameters"] == {"type": "pd-balanced", "disk-encryption-kms-key": KEY}


def test_encrypted_disks_are_created_in_the_zone_of_their_pod() -> None:
    """A disk in another zone could not be attached; a disk grows with its claim and is deleted with it."""
    storage_class = in_cluster(EncryptedDisks, EncryptedDisksArgs(KEY, LABELS)).inputs("class")

    assert storage_class["volumeBindingMode"] == "WaitForFirstConsumer"
    assert storage_class["allowVolumeExpansion"] is True
    assert storage_class["reclaimPolicy"] == "Delete"
