"""Names of backups in a backup store, and the list of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from groundwork.documents import suggest
from groundwork.errors import UserError
from groundwork.state import manifest
from groundwork.state.backup_store import BackupStore

NAME: Final = re.compile(r"\d{8}T\d{6}Z")
STACK: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def name_at(moment: datetime) -> str:
    """A backup's name: the moment in UTC, to the second, so that names sort by time."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def folder(project: str, stack: str, name: str) -> str:
    """The folder of a backup's files; raises `UserError` for a stack name that cannot be part of a path."""
    if not STACK.fullmatch(stack):
        raise UserError(
            f"--stack {stack}: is not a valid stack name", "use letters, digits, hyphens, underscores and periods"
        )
    return f"{project}/{stack}/{name}"


def finished(store: BackupStore, project: str) -> dict[str, list[str]]:
    """The names of a project's backups by stack, oldest first: those with a manifest, which is written last."""
    names_by_stack: dict[str, list[str]] = {}
    for object_name in store.list(f"{project}/"):
        stack, _, rest = object_name.removeprefix(f"{project}/").partition("/")
        name, _, file = rest.partition("/")
        if file == manifest.FILE and NAME.fullmatch(name):
            names_by_stack.setdefault(stack, []).append(name)
    return {stack: sorted(names) for stack, names in sorted(names_by_stack.items())}


def choose(store: BackupStore, project: str, stack: str, name: str | None) -> str:
    """The backup called `name`, or the newest; raises `UserError` where there is none."""
    names = finished(store, project).get(stack, [])
    if not names:
        raise UserError(
            f"{store.location}: no complete backup of {folder(project, stack, '').rstrip('/')}",
            "list the backups: groundwork state list --from STORE",
        )
    if name is None:
        return names[-1]
    if name not in names:
        raise UserError(
            f"{store.location}: no complete backup {folder(project, stack, name)}",
            suggest(name, names, f"the newest is {names[-1]}"),
        )
    return name
