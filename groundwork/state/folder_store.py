"""A backup store in a folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from groundwork import files
from groundwork.errors import UserError
from groundwork.state.backup_store import already_exists


class FolderStore:
    """A backup store in a folder: one file for each object."""

    def __init__(self, root: Path) -> None:
        """Raises `UserError` for a missing folder, which may be an unmounted disk and is therefore not created."""
        self.location = str(root)
        self._root = root
        if not root.is_dir():
            raise UserError(
                f"{root}: no such folder", f"mount it, or create it with mkdir -p {root}; or use s3://BUCKET/PREFIX"
            )

    def put(self, name: str, data: bytes) -> None:
        """See `BackupStore`; the file is written under a temporary name first."""
        file = self._file(name)
        with self._explained():
            files.make_folders(file.parent, self._root)
            try:
                files.write_new(file, data)
            except FileExistsError:
                if file.read_bytes() != data:
                    raise already_exists(self.location, name) from None

    def get(self, name: str) -> bytes | None:
        """See `BackupStore`."""
        with self._explained():
            try:
                return self._file(name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def list(self, prefix: str) -> list[str]:
        """See `BackupStore`."""
        with self._explained():
            paths = [file for file in self._file(prefix).rglob("*") if file.is_file()]
        finished = (file for file in paths if not file.name.startswith(files.UNFINISHED))
        return sorted(file.relative_to(self._root).as_posix() for file in finished)

    def close(self) -> None:
        """See `BackupStore`; there is nothing to close."""

    def _file(self, name: str) -> Path:
        parts = name.rstrip("/").split("/")
        if not all(parts) or {".", ".."} & set(parts):
            raise ValueError(f"{name!r} is not a valid object name")
        return self._root.joinpath(*parts)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn errors of the file system into a `UserError`."""
        try:
            yield
        except OSError as error:
            raise UserError(
                f"{error.filename or self.location}: {error.strerror}",
                "the folder of a backup store must be readable and writable, on a file system with hard links",
            ) from None
