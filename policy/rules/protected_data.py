"""Data outlives the code that declares it.

A resource that holds data is protected, so that neither a deleted line nor a replaced name takes it along; what people
delete by mistake comes back for a while. Deleting data is a step of a runbook. A protection or a retention that only an
update can tell counts as missing: it must not be decided on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field

from groundwork.graph import Node, Placeholder, Value, at
from policy.rules._rule import Asked, Parameters, Rule

BUCKET: Final = "gcp:storage/bucket:Bucket"
DATABASE: Final = "gcp:sql/databaseInstance:DatabaseInstance"
DATASET: Final = "gcp:bigquery/dataset:Dataset"
SECRET: Final = "gcp:secretmanager/secret:Secret"
KEY: Final = "gcp:kms/cryptoKey:CryptoKey"
HOLDING: Final = frozenset(
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
# A cache has nothing that is not somewhere else.
CACHES: Final = ("REMOTE_REPOSITORY", "VIRTUAL_REPOSITORY")
REGISTRY: Final = "gcp:artifactregistry/repository:Repository"
DAY: Final = 86_400  # seconds


class Retention(Parameters):
    """For how long what was deleted can be had back; data of the classes of `fleeting` may be gone at once."""

    soft_delete_days: Annotated[int, Field(ge=0, le=90)] = 7
    key_destroy_days: Annotated[int, Field(ge=1, le=120)] = 1
    backups: Annotated[int, Field(ge=1)] = 7
    fleeting: tuple[str, ...] = ("scratch",)


def check(node: Node, asked: Asked[Retention]) -> Iterator[str]:
    """One message for each way in which data would be gone at once."""
    if (node.type in HOLDING or _keeps_images(node)) and not node.protect:
        yield f"{node.name} holds data and is not protected; set protect"
    if (special := CHECKS.get(node.type)) is not None:
        yield from special(node, asked.parameters)


def _keeps_images(node: Node) -> bool:
    return node.type == REGISTRY and node.inputs.get("mode") not in CACHES


def _bucket(node: Node, wanted: Retention) -> Iterator[str]:
    if node.inputs.get("forceDestroy") not in (None, False):
        yield f"{node.name} is deleted with all that is in it; set forceDestroy to false"
    if at(node.inputs, "labels.data-class") in wanted.fleeting:
        return
    seconds = at(node.inputs, "softDeletePolicy.retentionDurationSeconds")
    if not _at_least(seconds, wanted.soft_delete_days * DAY):
        yield (
            f"{node.name} keeps what was deleted for less than {wanted.soft_delete_days} days; "
            "set softDeletePolicy.retentionDurationSeconds"
        )


def _database(node: Node, wanted: Retention) -> Iterator[str]:
    if node.inputs.get("deletionProtection") is not True:
        yield f"{node.name} can be deleted by one request; set deletionProtection"
    if at(node.inputs, "settings.backupConfiguration.enabled") is not True:
        yield f"{node.name} has no backups; set settings.backupConfiguration.enabled"
        return
    kept = at(node.inputs, "settings.backupConfiguration.backupRetentionSettings.retainedBackups")
    if kept is not None and not _at_least(kept, wanted.backups):
        yield f"{node.name} keeps fewer than {wanted.backups} backups; raise backupRetentionSettings.retainedBackups"


def _dataset(node: Node, _: Retention) -> Iterator[str]:
    if node.inputs.get("deleteContentsOnDestroy") not in (None, False):
        yield f"{node.name} is deleted with all its tables; set deleteContentsOnDestroy to false"


def _key(node: Node, wanted: Retention) -> Iterator[str]:
    """A key that is destroyed takes along what it encrypts, so there is time to think again; Google's is a month."""
    duration = node.inputs.get("destroyScheduledDuration")
    seconds = duration.removesuffix("s") if isinstance(duration, str) else duration
    if duration is not None and not _at_least(seconds, wanted.key_destroy_days * DAY):
        yield f"{node.name} is destroyed in less than {wanted.key_destroy_days} days; raise destroyScheduledDuration"


def _at_least(value: Value, wanted: int) -> bool:
    """Whether a number, which providers also write as text, is at least what is wanted; what is unknown is not."""
    if isinstance(value, Placeholder) or value is None:
        return False
    try:
        return float(value) >= wanted
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
    description="What holds data is protected, and what was deleted can be had back for a while",
    level="mandatory",
    check=check,
    parameters=Retention,
)
