"""The rule `protected-data`."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules.protected_data import RULE, WITH_DATA
from tests.policy.asking import ask

DAY = 86_400
BUCKET = "gcp:storage/bucket:Bucket"
DATABASE = "gcp:sql/databaseInstance:DatabaseInstance"
DATASET = "gcp:bigquery/dataset:Dataset"
KEY = "gcp:kms/cryptoKey:CryptoKey"
REGISTRY = "gcp:artifactregistry/repository:Repository"


def _node(kind: str, *, protect: bool = True, **inputs: Any) -> Node:
    return Node("urn:a", kind, "a", inputs, protect=protect)


def _bucket(days: float | str, data_class: str = "raw", **inputs: Any) -> Node:
    seconds = days if isinstance(days, str) else days * DAY
    policy = {"retentionDurationSeconds": seconds}
    return _node(BUCKET, labels={"data-class": data_class}, softDeletePolicy=policy, **inputs)


def _database(backups: Any, *, enabled: Any = True, protection: Any = True) -> Node:
    settings = {
        "backupConfiguration": {"enabled": enabled, "backupRetentionSettings": {"retainedBackups": backups}},
    }
    return _node(DATABASE, deletionProtection=protection, settings=settings)


# Inputs with which each type passes, where it needs any.
VALID: dict[str, dict[str, Any]] = {
    BUCKET: {"softDeletePolicy": {"retentionDurationSeconds": 7 * DAY}},
    DATABASE: {"deletionProtection": True, "settings": {"backupConfiguration": {"enabled": True}}},
}


@pytest.mark.parametrize("kind", sorted({*WITH_DATA, REGISTRY}))
def test_resources_with_data_must_be_protected(kind: str) -> None:
    """A resource of each type passes with `protect`, and is one violation without."""
    assert ask(RULE, _node(kind, **VALID.get(kind, {}))) == []
    (message,) = ask(RULE, _node(kind, protect=False, **VALID.get(kind, {})))
    assert message == "a has data and is not protected: set protect=True in its component"


def test_types_with_data() -> None:
    """The types are those that hold data, and no other is protected."""
    assert sorted(kind.rpartition(":")[2] for kind in WITH_DATA) == [
        "BackupPlan", "Bucket", "CryptoKey", "DatabaseInstance", "Dataset", "Disk", "Instance", "KeyRing",
        "ProjectBucketConfig", "Secret", "Table",
    ]  # fmt: skip
    assert ask(RULE, _node("gcp:compute/network:Network", protect=False)) == []


@pytest.mark.parametrize(
    ("mode", "violations"),
    [("STANDARD_REPOSITORY", 1), ("REMOTE_REPOSITORY", 0), ("VIRTUAL_REPOSITORY", 0), (Placeholder.UNKNOWN, 1)],
)
def test_registries_that_only_cache_need_no_protection(mode: Any, violations: int) -> None:
    """Images of remote and virtual registries are stored elsewhere too."""
    assert len(ask(RULE, _node(REGISTRY, protect=False, mode=mode))) == violations


@pytest.mark.parametrize(
    ("node", "violations"),
    [
        (_bucket(7), 0),
        (_bucket(7 - 1 / DAY), 1),
        (_bucket(str(7 * DAY)), 0),
        (_bucket("long"), 1),
        (_bucket(0, "scratch"), 0),
        (_bucket(0, "models"), 1),
        (_node(BUCKET), 1),
        (_node(BUCKET, softDeletePolicy={"retentionDurationSeconds": Placeholder.UNKNOWN}), 1),
    ],
)
def test_bucket_retains_deleted_objects(node: Node, violations: int) -> None:
    """Seven days of soft delete are the default minimum, except for scratch data."""
    messages = ask(RULE, node)

    assert len(messages) == violations
    assert all("less than 7 days: set soft_delete_days" in message for message in messages)


def test_minimum_of_soft_delete_is_a_parameter() -> None:
    """The stack decides the minimum, and the classes without soft delete."""
    assert len(ask(RULE, _bucket(7), soft_delete_days=8)) == 1
    assert len(ask(RULE, _bucket(0, "scratch"), exempt=[])) == 1
    assert ask(RULE, _bucket(0, "raw"), exempt=["raw"]) == []


@pytest.mark.parametrize(("value", "violations"), [(None, 0), (False, 0), (True, 1), (Placeholder.UNKNOWN, 1)])
def test_deletion_with_contents_is_off(value: Any, violations: int) -> None:
    """A bucket or dataset that is deleted with its contents is a violation, also where it is unknown."""
    assert len(ask(RULE, _bucket(7, forceDestroy=value))) == violations
    assert len(ask(RULE, _node(DATASET, deleteContentsOnDestroy=value))) == violations


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (_database(7), ""),
        (_database(None), ""),
        (_database(6), "retains fewer than 7 backups: raise pipelines.database.retained_backups"),
        (_database(Placeholder.UNKNOWN), "retains fewer than 7 backups"),
        (_database(0, enabled=False), "has no backups"),
        (_database(7, enabled=Placeholder.UNKNOWN), "has no backups"),
        (_database(7, protection=False), "can be deleted by one request: set pipelines.database.deletion_protection"),
        (_database(7, protection=Placeholder.UNKNOWN), "can be deleted by one request"),
    ],
)
def test_database_has_backups_and_protection(node: Node, text: str) -> None:
    """Backups are on, at least seven are retained, and the instance refuses to be deleted; one message for each."""
    assert [text in message for message in ask(RULE, node)] == ([True] if text else [])


def test_default_minimums() -> None:
    """Seven days of soft delete, one day until a key is destroyed, seven backups."""
    default = RULE.parameters()

    assert (default.soft_delete_days, default.key_destroy_days, default.backups) == (7, 1, 7)
    assert default.exempt == ("scratch",)


@pytest.mark.parametrize(
    ("duration", "days", "violations"),
    [
        (f"{DAY}s", 1, 0),
        (f"{DAY - 1}s", 1, 1),
        (f"{30 * DAY}s", 30, 0),
        (f"{30 * DAY - 1}s", 30, 1),
        ("100s", 1, 1),
        (DAY, 1, 0),
        (None, 30, 0),
        (Placeholder.UNKNOWN, 1, 1),
        ("soon", 1, 1),
    ],
)
def test_key_versions_are_destroyed_after_days(duration: Any, days: int, violations: int) -> None:
    """The duration is in seconds and the minimum in days; without a duration Google's default of 30 days applies."""
    messages = ask(RULE, _node(KEY, destroyScheduledDuration=duration), key_destroy_days=days)

    assert len(messages) == violations
    assert all(f"after less than {days} days: raise encryption.destroy_days" in message for message in messages)
