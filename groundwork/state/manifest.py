"""What a backup says about itself: ``manifest.json``, written last and checked first.

Its checksums tell damage, not forgery: who may write to the vault is for the vault to decide.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from groundwork.errors import UserError

FILE: Final = "manifest.json"
STATE: Final = "state.json"
FORMAT: Final = 1


@dataclass(frozen=True)
class Problem:
    """Something in a backup that is not as it was made. `expected` and `found` are texts, or None."""

    file: str
    message: str
    expected: str | None = None
    found: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The problem as the contract of ``state verify --json`` has it."""
        return {"file": self.file, "message": self.message, "expected": self.expected, "found": self.found}

    def __str__(self) -> str:
        values = f": expected {self.expected}, found {self.found}" if self.expected is not None else ""
        return f"{self.file}: {self.message}{values}"


class DamagedError(Exception):
    """A manifest that cannot be trusted."""

    def __init__(self, problem: Problem) -> None:
        """`problem` says what is wrong with it."""
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Content:
    """One file of a backup: its size in bytes and its checksum in hexadecimal."""

    size: int
    sha256: str

    @classmethod
    def of(cls, data: bytes) -> Content:
        """Size and checksum of these bytes."""
        return cls(len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class Manifest:
    """What was backed up, when, by what, and how to tell that it is whole.

    `created` is UTC in ISO 8601. `groundwork` and `pulumi` are versions. `resources` counts what is declared in the
    state, so without what only waits to be deleted.
    """

    project: str
    stack: str
    created: str
    groundwork: str
    pulumi: str
    resources: int
    files: Mapping[str, Content]

    def to_json(self) -> dict[str, Any]:
        """The contract of ``manifest.json``: keys are only ever added within a format."""
        return {
            "format": FORMAT,
            "project": self.project,
            "stack": self.stack,
            "created": self.created,
            "groundwork": self.groundwork,
            "pulumi": self.pulumi,
            "resources": self.resources,
            "files": {name: {"size": content.size, "sha256": content.sha256} for name, content in self.files.items()},
        }

    def render(self) -> bytes:
        """The file, which ends with its own checksum: that of its bytes with the checksum left blank."""
        return render(self.to_json())


def render(document: Mapping[str, Any]) -> bytes:
    """A document with its own checksum as the last key."""
    checksum = hashlib.sha256(_encode({**document, "sha256": ""})).hexdigest()
    return _encode({**document, "sha256": checksum})


def _encode(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def parse(data: bytes) -> Manifest:
    """The inverse of `Manifest.render`; raises `DamagedError` where any byte of it has changed.

    Raises `UserError` for a format that only a later version can read.
    """
    try:
        document = json.loads(data)
    except ValueError as error:
        raise DamagedError(Problem(FILE, f"is not a whole JSON document: {error}")) from None
    expected = document.get("sha256") if isinstance(document, dict) else None
    if not isinstance(expected, str):
        raise DamagedError(Problem(FILE, "has no checksum of its own"))
    found = hashlib.sha256(data.replace(expected.encode(), b"")).hexdigest()
    if found != expected:
        raise DamagedError(Problem(FILE, "its checksum differs", expected, found))
    if document.get("format") != FORMAT:
        raise UserError(
            f"{FILE}: format {document.get('format')!r} is unknown; this version reads format {FORMAT}",
            "use the version of groundwork that made the backup, or a later one",
        )
    try:
        return Manifest(
            files={name: Content(int(of["size"]), str(of["sha256"])) for name, of in document["files"].items()},
            resources=int(document["resources"]),
            **{key: str(document[key]) for key in ("project", "stack", "created", "groundwork", "pulumi")},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedError(Problem(FILE, f"an entry is missing or of the wrong kind: {error}")) from None
