"""Tests of `components.encryption_key`."""

from __future__ import annotations

from components.encryption_key import EncryptionKey, EncryptionKeyArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs, protected, read

DAY = 24 * 60 * 60
KEY = EncryptionKeyArgs(
    project="ml-service",
    location="europe-west4",
    key_name="buckets",
    rotation_days=90,
    destroy_days=30,
    users={"storage": "serviceAccount:storage@example.com", "dataplex": "serviceAccount:dataplex@example.com"},
    identities=["dataplex.googleapis.com"],
    labels={"environment": "test"},
)


def _graph() -> Graph:
    return declare(lambda: read(EncryptionKey("key-buckets", KEY).key_id))


def test_encryption_key_declares_ring_key_agents_and_grants() -> None:
    """Agents are named by their API, grants by the key of the user."""
    assert declared(_graph()) == {
        "key-buckets-ring": "gcp:kms/keyRing:KeyRing",
        "key-buckets-key": "gcp:kms/cryptoKey:CryptoKey",
        "key-buckets-dataplex-agent": "gcp:projects/serviceIdentity:ServiceIdentity",
        "key-buckets-storage": "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "key-buckets-dataplex": "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "reader": "test:index:Reader",
    }


def test_encryption_key_and_ring_are_protected() -> None:
    """Without the key the data is lost."""
    assert protected(_graph()) == {"key-buckets-ring", "key-buckets-key"}


def test_encryption_key_rotates_and_is_destroyed_after_its_days_in_seconds() -> None:
    """The API takes seconds; the ring and the key have one name."""
    graph = _graph()
    key = inputs(graph, "key-buckets-key")
    key.pop("keyRing")

    assert inputs(graph, "key-buckets-ring") == {
        "name": "buckets",
        "project": "ml-service",
        "location": "europe-west4",
    }
    assert key == {
        "name": "buckets",
        "purpose": "ENCRYPT_DECRYPT",
        "rotationPeriod": f"{90 * DAY}s",
        "destroyScheduledDuration": f"{30 * DAY}s",
        "labels": {"environment": "test"},
    }
    assert depends_on(graph, "key-buckets-key") == {"key-buckets-ring"}


def test_encryption_key_users_may_encrypt_and_decrypt() -> None:
    """Each user has the role on the key, and waits for the agents."""
    graph = _graph()
    grant = inputs(graph, "key-buckets-storage")
    grant.pop("cryptoKeyId")

    assert grant == {
        "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        "member": "serviceAccount:storage@example.com",
    }
    assert depends_on(graph, "key-buckets-dataplex") == {"key-buckets-key", "key-buckets-dataplex-agent"}


def test_encryption_key_creates_the_agents_of_its_identities() -> None:
    """Such an agent does not exist until it is created."""
    assert inputs(_graph(), "key-buckets-dataplex-agent") == {
        "project": "ml-service",
        "service": "dataplex.googleapis.com",
    }


def test_encryption_key_id_is_known_and_waits_for_key_and_grants() -> None:
    """A resource that uses the key before its agent has the role is not created."""
    graph = _graph()

    assert inputs(graph, "reader") == {
        "value": "projects/ml-service/locations/europe-west4/keyRings/buckets/cryptoKeys/buckets"
    }
    assert depends_on(graph, "reader") == {"key-buckets-key", "key-buckets-storage", "key-buckets-dataplex"}
