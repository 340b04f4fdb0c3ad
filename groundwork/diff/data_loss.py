"""Warnings about data loss: resources with data, or protected ones, that are deleted or replaced and not retained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from groundwork.diff.change import Op, ResourceChange
from groundwork.graph import at

# What is lost with a resource, by type. Resources of other types can be created again without a loss.
HOLDS: Final[Mapping[str, str]] = {
    "gcp:artifactregistry/repository:Repository": "its images and packages",
    "gcp:bigquery/dataset:Dataset": "its tables",
    "gcp:bigquery/table:Table": "its rows",
    "gcp:compute/disk:Disk": "its contents",
    "gcp:container/cluster:Cluster": "everything that runs in it",
    "gcp:filestore/instance:Instance": "its files",
    "gcp:gkebackup/backupPlan:BackupPlan": "its backups",
    "gcp:kms/cryptoKey:CryptoKey": "everything that it encrypts",
    "gcp:kms/keyRing:KeyRing": "everything that its keys encrypt",
    "gcp:lustre/instance:Instance": "its files",
    "gcp:parallelstore/instance:Instance": "its files",
    "gcp:secretmanager/secret:Secret": "its versions",
    "gcp:sql/database:Database": "its tables",
    "gcp:sql/databaseInstance:DatabaseInstance": "its databases and its backups",
    "gcp:storage/bucket:Bucket": "its objects",
    "kubernetes:core/v1:Namespace": "everything in it",
    "kubernetes:core/v1:PersistentVolumeClaim": "its disk",
}

_VERBS: Final = {Op.DELETE: "deleted", Op.REPLACE: "replaced"}


@dataclass(frozen=True)
class Loss:
    """One warning: the change, the data that would be lost, and what prevents the change (None where there is none)."""

    change: ResourceChange
    holds: str | None
    guard: str | None

    def text(self) -> str:
        """The warning as a predicate, without the name of the resource."""
        lost = f": {self.holds} would be lost" if self.holds else ""
        return f"would be {_VERBS[self.change.op]}{lost}{f'; {self.guard}' if self.guard else ''}"


def data_losses(changes: list[ResourceChange]) -> list[Loss]:
    """The warnings, in the order of the changes."""
    losses = []
    for change in changes:
        holds, guard = None if change.retained else _holds(change), _guard(change)
        if change.op in _VERBS and change.node.custom and (holds or guard):
            losses.append(Loss(change, holds, guard))
    return losses


def _holds(change: ResourceChange) -> str | None:
    """The data of a resource. A claim on a declared volume (a mounted bucket) has none."""
    has_declared_volume = at(change.node.inputs, "spec.volumeName") is not None
    return None if has_declared_volume else HOLDS.get(change.node.type)


def _guard(change: ResourceChange) -> str | None:
    """What refuses the change: the engine if old and new resource are protected, the provider if the old one is."""
    before = {difference.path: difference.before for difference in change.differences}
    if before.get("protect", change.node.protect) is True and change.node.protect:
        return "it is protected, so the engine refuses"
    if before.get("deletionProtection", change.node.inputs.get("deletionProtection")) is True:
        return "it has deletion protection, so its provider refuses"
    return None
