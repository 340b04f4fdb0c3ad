"""The rule `protected-data`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field

from groundwork.documents import Names
from groundwork.graph import Node, Value, at
from policy.rules._rule import Context, Parameters, Rule

BUCKET: Final = "gcp:storage/bucket:Bucket"
DATABASE: Final = "gcp:sql/databaseInstance:DatabaseInstance"
DATASET: Final = "gcp:bigquery/dataset:Dataset"
SECRET: Final = "gcp:secretmanager/secret:Secret"
KEY: Final = "gcp:kms/cryptoKey:CryptoKey"
WITH_DATA: Final = frozenset(
    {
        BUCKET,
        DATABASE,
        DATASET,
        KEY,
        SECRET,
        "gcp:bigquery/table:Table",
        "gcp:compute/disk:Disk",
        "gcp:filestore/instance:Instance",
        "gcp:gkebackup/backupPlan:BackupPlan",
        "gcp:kms/keyRing:KeyRing",
        "gcp:logging/projectBucketConfig:ProjectBucketConfig",
    }
)
# Registries whose images are stored elsewhere too.
CACHES: Final = ("REMOTE_REPOSITORY", "VIRTUAL_REPOSITORY")
REGISTRY: Final = "gcp:artifactregistry/repository:Repository"
DAY: Final = 86_400  # seconds


class Retention(Parameters):
    """The shortest retention of deleted data; the data classes in `exempt` need no soft delete."""

    soft_delete_days: Annotated[int, Field(ge=0, le=90)] = 7
    key_destroy_days: Annotated[int, Field(ge=1, le=120)] = 1
    backups: Annotated[int, Field(ge=1)] = 7
    exempt: Names = ("scratch",)


def check(node: Node, context: Context[Retention]) -> Iterator[str]:
    """One message for each input that allows data to be lost at once."""
    if (node.type in WITH_DATA or _stores_images(node)) and not node.protect:
        yield f"{node.name} has data and is not protected: set protect=True in its component"
    if (special := CHECKS.get(node.type)) is not None:
        yield from special(node, context.parameters)


def _stores_images(node: Node) -> bool:
    return node.type == REGISTRY and node.inputs.get("mode") not in CACHES


def _bucket(node: Node, minimum: Retention) -> Iterator[str]:
    if node.inputs.get("forceDestroy") not in (None, False):
        yield f"{node.name} can be deleted with its objects: set forceDestroy to false in its component"
    if at(node.inputs, "labels.data-class") in minimum.exempt:
        return
    seconds = at(node.inputs, "softDeletePolicy.retentionDurationSeconds")
    if not _at_least(seconds, minimum.soft_delete_days * DAY):
        yield (
            f"{node.name} retains deleted objects for less than {minimum.soft_delete_days} days: set soft_delete_days "
            "of the bucket (softDeletePolicy.retentionDurationSeconds)"
        )


def _database(node: Node, minimum: Retention) -> Iterator[str]:
    if node.inputs.get("deletionProtection") is not True:
        yield f"{node.name} can be deleted by one request: set pipelines.database.deletion_protection"
    if at(node.inputs, "settings.backupConfiguration.enabled") is not True:
        yield f"{node.name} has no backups: set settings.backupConfiguration.enabled to true in its component"
        return
    retained = at(node.inputs, "settings.backupConfiguration.backupRetentionSettings.retainedBackups")
    if retained is not None and not _at_least(retained, minimum.backups):
        yield f"{node.name} retains fewer than {minimum.backups} backups: raise pipelines.database.retained_backups"


def _dataset(node: Node, _: Retention) -> Iterator[str]:
    if node.inputs.get("deleteContentsOnDestroy") not in (None, False):
        yield f"{node.name} can be deleted with its tables: set deleteContentsOnDestroy to false in its component"


def _key(node: Node, minimum: Retention) -> Iterator[str]:
    """Destroying a key destroys the data that it encrypts. Google's default duration is 30 days."""
    duration = node.inputs.get("destroyScheduledDuration")
    seconds = duration.removesuffix("s") if isinstance(duration, str) else duration
    if duration is not None and not _at_least(seconds, minimum.key_destroy_days * DAY):
        yield (
            f"versions of {node.name} are destroyed after less than {minimum.key_destroy_days} days: raise "
            "encryption.destroy_days (destroyScheduledDuration)"
        )


def _at_least(value: Value, minimum: int) -> bool:
    """Whether a number, which providers also write as text, is at least the minimum; an unknown value is not."""
    try:
        return float(value) >= minimum
    except (TypeError, ValueError):
        return False


CHECKS: Final[Mapping[str, Callable[[Node, Retention], Iterator[str]]]] = {
    BUCKET: _bucket,
    DATABASE: _database,
    DATASET: _dataset,
    KEY: _key,
}

RULE: Final = Rule(
    name="protected-data",
    description="Resources with data are protected, and deleted data can be restored for some time",
    why="""
        A resource with data is protected, so that neither a deleted line nor a changed name in the code deletes
        the data; data that people delete by mistake can be restored for some days. Deleting data is a step of a
        runbook. An unknown protection or retention counts as missing.
        """,
    level="mandatory",
    check=check,
    parameters=Retention,
)
