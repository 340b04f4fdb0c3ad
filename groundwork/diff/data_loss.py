"""What would be lost: resources that hold data or are protected, and are deleted or replaced, and do not stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from groundwork.diff.compare import Change, Op
from groundwork.graph import at

# What goes with a resource of the type. A type that is not here holds nothing that a program could not make again.
HOLDS: Final[Mapping[str, str]] = {
    "gcp:artifactregistry/repository:Repository": "its images and packages",
    "gcp:bigquery/dataset:Dataset": "its tables",
    "gcp:bigquery/table:Table": "its rows",
    "gcp:compute/disk:Disk": "what is on it",
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
    """One warning: the change, what would be lost (or None where it holds nothing), and what stands in the way."""

    change: Change
    holds: str | None
    guard: str | None

    def text(self) -> str:
        """One sentence without the name of the resource."""
        lost = f": {self.holds} would be lost" if self.holds else ""
        return f"would be {_VERBS[self.change.op]}{lost}{f'; {self.guard}' if self.guard else ''}"


def data_losses(changes: list[Change]) -> list[Loss]:
    """A warning for each, in the order of the changes."""
    found = []
    for change in changes:
        holds, guard = None if change.kept else _holds(change), _guard(change)
        if change.op in _VERBS and change.node.custom and (holds or guard):
            found.append(Loss(change, holds, guard))
    return found


def _holds(change: Change) -> str | None:
    """What goes with a resource. A claim on a volume that is declared beside it (a mounted bucket) owns nothing."""
    declared = at(change.node.inputs, "spec.volumeName") is not None
    return None if declared else HOLDS.get(change.node.type)


def _guard(change: Change) -> str | None:
    """What would refuse it: the engine asks the old form and the new one, a provider the old one."""
    before = {difference.path: difference.before for difference in change.differences}
    if before.get("protect", change.node.protect) is True and change.node.protect:
        return "it is protected, so the engine refuses"
    if before.get("deletionProtection", change.node.inputs.get("deletionProtection")) is True:
        return "it has deletion protection, so its provider refuses"
    return None
