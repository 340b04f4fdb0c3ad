"""The manifest of a backup, ``manifest.json``: written last and verified first.

Its checksums detect damage, not forgery: write access to the backup store is not this module's concern.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from groundwork import documents
from groundwork.documents import DocumentError, Model, Text
from groundwork.errors import UserError

FILE: Final = "manifest.json"
STATE: Final = "state.json"
FORMAT: Final = 1

Natural = Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class BackupProblem:
    """A difference between a backup and its manifest. `expected` and `found` are texts, or None."""

    file: str
    message: str
    expected: str | None = None
    found: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The problem in the form of ``state verify --json``."""
        return {"file": self.file, "message": self.message, "expected": self.expected, "found": self.found}

    def __str__(self) -> str:
        values = f": expected {self.expected}, found {self.found}" if self.expected is not None else ""
        return f"{self.file}: {self.message}{values}"


class DamagedError(Exception):
    """The manifest is damaged."""

    def __init__(self, *problems: BackupProblem) -> None:
        """`problems` are all that were found in it."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class FileDigest(Model):
    """Size in bytes and SHA-256 checksum in hexadecimal of one file of a backup."""

    model_config = ConfigDict(extra="ignore")  # later versions may add keys

    size: Natural
    sha256: Text

    @classmethod
    def of(cls, data: bytes) -> FileDigest:
        """Size and checksum of these bytes."""
        return cls(size=len(data), sha256=hashlib.sha256(data).hexdigest())


class Manifest(Model):
    """The contents of a backup.

    `created` is UTC in ISO 8601. `groundwork` and `pulumi` are versions. `resources` is the number of resources in the
    state, without those pending deletion. `files` are the other files, by name.
    """

    model_config = ConfigDict(extra="ignore")  # `format` and `sha256`, and keys that later versions add

    project: Text
    stack: Text
    created: Text
    groundwork: Text
    pulumi: Text
    resources: Natural
    files: dict[str, FileDigest]

    def to_json(self) -> dict[str, Any]:
        """The form of ``manifest.json``: within one format number, keys are only added."""
        return {"format": FORMAT, **self.model_dump()}

    def to_bytes(self) -> bytes:
        """The file with its own checksum: that of its bytes with the checksum left empty."""
        return with_checksum(self.to_json())


def with_checksum(document: Mapping[str, Any]) -> bytes:
    """A document as JSON, with its own checksum as the last key."""
    checksum = hashlib.sha256(_encode({**document, "sha256": ""})).hexdigest()
    return _encode({**document, "sha256": checksum})


def _encode(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def parse(data: bytes) -> Manifest:
    """The inverse of `Manifest.to_bytes`.

    Raises `DamagedError` where any byte has changed, and `UserError` for the format of a later version.
    """
    try:
        document = documents.parse(data.decode("utf-8"), FILE, "JSON")
    except UnicodeDecodeError:
        raise DamagedError(BackupProblem(FILE, "is not text in UTF-8")) from None
    except UserError as error:
        raise DamagedError(BackupProblem(FILE, error.message.partition(": ")[2])) from None
    expected = document.value.get("sha256") if isinstance(document.value, dict) else None
    if not isinstance(expected, str):
        raise DamagedError(BackupProblem(FILE, "sha256: is missing"))
    actual = hashlib.sha256(data.replace(expected.encode(), b"")).hexdigest()
    if actual != expected:
        raise DamagedError(BackupProblem(FILE, "its checksum differs", expected, actual))
    if document.value.get("format") != FORMAT:
        raise UserError(
            f"{FILE}: format {document.value.get('format')!r} is unknown; this version reads format {FORMAT}",
            "use the version of groundwork that made the backup, or a later one",
        )
    try:
        return document.parse(Manifest)
    except DocumentError as error:
        problems = (BackupProblem(FILE, f"{problem.path}: {problem.message}") for problem in error.problems)
        raise DamagedError(*problems) from None
