"""Open a backup store by its location."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from groundwork.errors import UserError
from groundwork.state.backup_store import BackupStore
from groundwork.state.folder_store import FolderStore

HINT: Final = "use a folder, or s3://BUCKET/PREFIX"


def open_store(location: str) -> BackupStore:
    """The backup store in a folder or at an ``s3://`` URL; the caller closes it.

    Raises `UserError` where it cannot be used.
    """
    scheme, separator, _ = location.partition("://")
    if not separator:
        if not location:
            raise UserError("the location of the backup store is empty", HINT)
        return FolderStore(Path(location))
    if scheme != "s3":
        raise UserError(f"{scheme}:// is not a supported backup store", HINT)
    # Importing boto3 takes as long as importing all the rest, and only this store needs it.
    from groundwork.state.s3_store import S3Store  # noqa: PLC0415

    return S3Store(location)
