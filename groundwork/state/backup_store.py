"""The protocol of backup stores."""

from __future__ import annotations

from typing import Protocol

from groundwork.errors import UserError


class BackupStore(Protocol):
    """Named objects that are written once and never changed or removed.

    A name is a path with slashes. Every method raises `UserError` where the store cannot be used.
    """

    @property
    def location(self) -> str:
        """The location as the user gave it."""

    def put(self, name: str, data: bytes) -> None:
        """Write an object, durably; raises `UserError` where the name exists with other bytes.

        The same bytes again are not an error: an earlier call may have written them and lost the answer.
        """

    def get(self, name: str) -> bytes | None:
        """An object's bytes, or None where there is no such object."""

    def list(self, prefix: str) -> list[str]:
        """The names below a prefix that ends with a slash, sorted."""

    def close(self) -> None:
        """Close connections."""


def already_exists(location: str, name: str) -> UserError:
    """The error of a `put` whose name exists with other bytes."""
    return UserError(
        f"{location}: {name} already exists with different contents; nothing was overwritten",
        "another backup was made in the same second; run the backup again",
    )
