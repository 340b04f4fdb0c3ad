"""Where backups lie: a folder, or a bucket of an S3-compatible store."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from groundwork import files
from groundwork.errors import UserError


class BackupStore(Protocol):
    """Named objects that are written once: none is ever changed, and none is removed.

    A name is a path with slashes. Every method raises `UserError` where the vault cannot be used.
    """

    @property
    def location(self) -> str:
        """What a person gave to name the vault."""

    def put(self, name: str, data: bytes) -> None:
        """Keep an object, durably; raises `UserError` where the name is taken by other bytes.

        The same bytes again are no error: a store may have kept what its lost answer called failed.
        """

    def get(self, name: str) -> bytes | None:
        """An object's bytes, or None where there is no such object."""

    def list(self, prefix: str) -> list[str]:
        """The names below a prefix that ends with a slash, in their order."""

    def close(self) -> None:
        """Let go of connections."""


def taken(location: str, name: str) -> UserError:
    """What is said where an object is there already and holds other bytes."""
    return UserError(
        f"{location}: {name} is there already and holds something else; nothing was overwritten",
        "another backup was made in the same second; make this one again",
    )


class FolderStore:
    """A vault in a folder: one file for each object."""

    def __init__(self, root: Path) -> None:
        """The folder has to be there: a disk that is not mounted must not be replaced by a new folder."""
        self.location = str(root)
        self._root = root
        if not root.is_dir():
            raise UserError(
                f"{root}: there is no such folder", f"mount it, or make it once: mkdir -p {root}; or name s3://BUCKET"
            )

    def put(self, name: str, data: bytes) -> None:
        """See `Vault`; the file is written beside its place and then put there."""
        file = self._file(name)
        with self._explained():
            files.make_folders(file.parent, self._root)
            try:
                files.write_new(file, data)
            except FileExistsError:
                if file.read_bytes() != data:
                    raise taken(self.location, name) from None

    def get(self, name: str) -> bytes | None:
        """See `Vault`."""
        with self._explained():
            try:
                return self._file(name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def list(self, prefix: str) -> list[str]:
        """See `Vault`."""
        with self._explained():
            found = [file for file in self._file(prefix).rglob("*") if file.is_file()]
        names = (file for file in found if not file.name.startswith(files.UNFINISHED))
        return sorted(file.relative_to(self._root).as_posix() for file in names)

    def close(self) -> None:
        """See `Vault`; a folder holds nothing open."""

    def _file(self, name: str) -> Path:
        parts = name.rstrip("/").split("/")
        if not all(parts) or {".", ".."} & set(parts):
            raise ValueError(f"{name!r} is no name of an object")
        return self._root.joinpath(*parts)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UserError(
                f"{error.filename or self.location}: {error.strerror}",
                "a vault's folder must be readable and writable, on a file system with hard links",
            ) from None


def open_store(location: str) -> BackupStore:
    """The vault at a folder's path or an ``s3://`` URL; raises `UserError` where it cannot be used. Close it."""
    scheme, separator, _ = location.partition("://")
    if not separator:
        if not location:
            raise UserError("a vault has no empty name", "name a folder, or s3://BUCKET/PREFIX")
        return FolderStore(Path(location))
    if scheme != "s3":
        raise UserError(f"{scheme}://: is no kind of vault", "name a folder, or s3://BUCKET/PREFIX")
    # boto3 takes as long to import as everything else here together, and only this kind of vault needs it.
    from groundwork.state.s3 import S3Store  # noqa: PLC0415

    return S3Store(location)
