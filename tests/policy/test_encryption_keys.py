"""The rule `encryption-keys`."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules.encryption_keys import BASIC_TIERS, FILESTORE, KEYS, RULE
from tests.policy.asking import ask

SECRET = "gcp:secretmanager/secret:Secret"

# The input of the key by type, as the provider's documentation has it.
INPUTS = {
    "gcp:artifactregistry/repository:Repository": "kmsKeyName",
    "gcp:bigquery/dataset:Dataset": "defaultEncryptionConfiguration.kmsKeyName",
    "gcp:bigquery/table:Table": "encryptionConfiguration.kmsKeyName",
    "gcp:compute/disk:Disk": "diskEncryptionKey.kmsKeySelfLink",
    "gcp:container/cluster:Cluster": "databaseEncryption.keyName",
    "gcp:container/nodePool:NodePool": "nodeConfig.bootDiskKmsKey",
    "gcp:filestore/instance:Instance": "kmsKeyName",
    "gcp:gkebackup/backupPlan:BackupPlan": "backupConfig.encryptionKey.gcpKmsEncryptionKey",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "cmekSettings.kmsKeyName",
    "gcp:secretmanager/secret:Secret": "replication.auto.customerManagedEncryption.kmsKeyName",
    "gcp:sql/databaseInstance:DatabaseInstance": "encryptionKeyName",
    "gcp:storage/bucket:Bucket": "encryption.defaultKmsKeyName",
}


def _at(path: str, value: Any) -> dict[str, Any]:
    key, _, rest = path.partition(".")
    return {key: _at(rest, value) if rest else value}


def _messages(kind: str, inputs: dict[str, Any]) -> list[str]:
    return ask(RULE, Node("urn:a", kind, "a", inputs))


def test_all_types_are_listed() -> None:
    """The rule has the types of this test."""
    assert set(KEYS) == set(INPUTS)


@pytest.mark.parametrize("kind", sorted(INPUTS))
def test_each_type_needs_a_key(kind: str) -> None:
    """A key or an unknown key passes; an empty or missing one is a violation that names the setting and the input."""
    path = INPUTS[kind]

    assert _messages(kind, _at(path, "projects/p/key")) == []
    assert _messages(kind, _at(path, Placeholder.UNKNOWN)) == []
    for inputs in ({}, _at(path, ""), _at(path, None)):
        (message,) = _messages(kind, inputs)
        assert message.startswith("a has no customer-managed key: set encryption, which sets ")
        assert path in message


def test_other_types_need_no_key() -> None:
    """A type without the feature is ignored."""
    assert _messages("gcp:compute/network:Network", {}) == []


@pytest.mark.parametrize(
    ("tier", "violations"), [*((tier, 0) for tier in BASIC_TIERS), ("ZONAL", 1), ("REGIONAL", 1), (None, 1)]
)
def test_basic_tiers_of_filestore_have_no_keys(tier: Any, violations: int) -> None:
    """The basic tiers do not support keys, so none is required; `tier` of another type does not matter."""
    assert len(_messages(FILESTORE, {"tier": tier})) == violations
    assert len(_messages("gcp:storage/bucket:Bucket", {"tier": tier})) == 1


def test_basic_tiers() -> None:
    """Google's names of the basic tiers, old and new."""
    assert BASIC_TIERS == ("BASIC_HDD", "BASIC_SSD", "STANDARD", "PREMIUM")


REPLICA = {"customerManagedEncryption": {"kmsKeyName": "projects/p/key"}}


@pytest.mark.parametrize(
    ("replicas", "violations"),
    [
        ([REPLICA], 0),
        ([REPLICA, REPLICA], 0),
        ([REPLICA, {"location": "europe-west4"}], 1),
        ([{"location": "europe-west4"}, REPLICA], 1),
        ([REPLICA, Placeholder.UNKNOWN], 0),
        (Placeholder.UNKNOWN, 0),
        ([], 1),
        (None, 1),
    ],
)
def test_each_replica_of_a_secret_needs_a_key(replicas: Any, violations: int) -> None:
    """A secret with replicas has a key in each; a secret without replicas has none."""
    assert len(_messages(SECRET, {"replication": {"userManaged": {"replicas": replicas}}})) == violations
