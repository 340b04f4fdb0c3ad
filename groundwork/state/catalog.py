"""How backups are named in a vault, and which there are."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime
from typing import Final

from groundwork.errors import UserError
from groundwork.state import manifest
from groundwork.state.backup_store import BackupStore

NAME: Final = re.compile(r"\d{8}T\d{6}Z")
STACK: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def name_at(moment: datetime) -> str:
    """A backup's name: the moment in UTC, to the second, so that names sort by time."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def folder(project: str, stack: str, name: str) -> str:
    """Where a backup's files lie in a vault; raises `UserError` for a stack that cannot be a part of a path."""
    if not STACK.fullmatch(stack):
        raise UserError(f"--stack {stack}: is no name of a stack", "letters, digits, hyphens, underscores and periods")
    return f"{project}/{stack}/{name}"


def finished(vault: BackupStore, project: str) -> dict[str, list[str]]:
    """The names of a project's backups by stack, oldest first: those with a manifest, which is written last."""
    found: dict[str, list[str]] = {}
    for object_name in vault.list(f"{project}/"):
        stack, _, rest = object_name.removeprefix(f"{project}/").partition("/")
        name, _, file = rest.partition("/")
        if file == manifest.FILE and NAME.fullmatch(name):
            found.setdefault(stack, []).append(name)
    return {stack: sorted(names) for stack, names in sorted(found.items())}


def choose(vault: BackupStore, project: str, stack: str, name: str | None) -> str:
    """The backup that is asked for, or the newest; raises `UserError` where there is none."""
    names = finished(vault, project).get(stack, [])
    if not names:
        raise UserError(
            f"{vault.location}: holds no finished backup of {folder(project, stack, '').rstrip('/')}",
            "see what is there: groundwork state list --from VAULT",
        )
    if name is None:
        return names[-1]
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        raise UserError(
            f"{vault.location}: holds no finished backup {folder(project, stack, name)}",
            f"did you mean {close[0]}?" if close else f"the newest is {names[-1]}",
        )
    return name
