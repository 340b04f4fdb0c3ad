"""Restore a stack's state from a backup."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from groundwork import files
from groundwork.engines import cli
from groundwork.errors import UserError
from groundwork.project import SECRETS_KEYS, Project
from groundwork.state import catalog, manifest
from groundwork.state.backup_store import BackupStore
from groundwork.state.manifest import Manifest
from groundwork.state.verify import Verification, verify_backup
from groundwork.yaml_files import parse_yaml, read_yaml


@dataclass(frozen=True)
class RestoredBackup:
    """The backup that was restored, and the other effects of the restore.

    `safety_copy` is the export of the state that was replaced, or None. `dropped` are the URNs of operations that were
    pending when the backup was made: an import leaves them out, so the state does not have what they created.
    """

    name: str
    manifest: Manifest
    safety_copy: Path | None
    created_stack: bool
    wrote_settings: bool
    dropped: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The fields of ``state restore --json`` besides those of the manifest."""
        return {
            "safety_copy": None if self.safety_copy is None else str(self.safety_copy),
            "created_stack": self.created_stack,
            "wrote_settings": self.wrote_settings,
            "dropped": list(self.dropped),
        }


def restore_backup(
    project: Project, stack: str, store: BackupStore, name: str | None, moment: datetime, *, force: bool
) -> RestoredBackup:
    """Import a backup, the newest if `name` is None, into the stack, which is created where it does not exist.

    Raises `UserError`, before anything is changed, where the backup is damaged, the current settings have other secrets
    keys, or the stack has resources and `force` is not set. With `force`, the current state is exported to the project
    folder first.
    """
    backup = verify_backup(store, project.name, stack, name)
    made = _complete(backup, store)
    if name is None and made.resources == 0:
        # A backup that was made after the stack was lost and created again must not be mistaken for the lost stack.
        raise UserError(
            f"{store.location}: the newest backup, {backup.name}, has no resources; nothing was changed",
            "choose a backup with --backup; list them: groundwork state list --from STORE",
        )
    settings = project.root / f"Pulumi.{stack}.yaml"
    backed_up_settings = backup.files[settings.name]
    if settings.is_file():
        backed_up_keys = parse_yaml(backed_up_settings, f"{settings.name} in the backup")
        _compare_keys(read_yaml(settings), backed_up_keys, settings.name)
    current = _current_state(project, stack)
    copy = _safety_copy(project, stack, current, moment, force=force)
    if wrote := not settings.is_file():
        _write(settings, backed_up_settings)
    try:
        _import(project, stack, backup.files[manifest.STATE], settings, create=current is None)
    except UserError as error:
        raise UserError(error.message, _left_behind(copy, settings if wrote else None)) from None
    return RestoredBackup(backup.name, made, copy, current is None, wrote, _pending(backup.files[manifest.STATE]))


def _complete(backup: Verification, store: BackupStore) -> Manifest:
    """The manifest of a backup without problems; raises `UserError` with all of them."""
    if backup.problems or backup.manifest is None:
        raise UserError(
            f"{store.location}: backup {backup.name} is damaged; nothing was changed\n"
            + "\n".join(str(problem) for problem in backup.problems),
            "choose another backup with --backup; list them: groundwork state list --from STORE",
        )
    return backup.manifest


def _compare_keys(current: dict[str, Any], backed_up: dict[str, Any], file: str) -> None:
    """Raise `UserError` where the settings would decrypt the state's secrets with other keys than those of the backup.

    The files are not merged: values in each are encrypted with its keys, so the user has to choose.
    """
    lines = []
    for key in SECRETS_KEYS:
        if current.get(key) != backed_up.get(key):
            lines += [f"  {key} in the project: {current.get(key, '(none)')}"]
            lines += [f"  {key} in the backup:  {backed_up.get(key, '(none)')}"]
    if lines:
        raise UserError(
            "\n".join([f"{file}: its secrets keys differ from those of the backup; nothing was changed", *lines]),
            f"move {file} away and restore again to get the file of the backup, or copy those lines into {file}",
        )


def _current_state(project: Project, stack: str) -> bytes | None:
    """The current state, or None where there is no such stack."""
    try:
        return cli.export_if_exists(project, stack)
    except UserError as error:
        raise UserError(
            f"the current state cannot be exported; nothing was changed: {error.message}",
            "if the stack's file in the backend is damaged, move it away there, and restore again",
        ) from None


def _safety_copy(project: Project, stack: str, current: bytes | None, moment: datetime, *, force: bool) -> Path | None:
    """Write a state that is not empty to the project folder; returns the file. Raises `UserError` without `force`."""
    if current is None or (count := _entries(current)) == 0:
        return None
    if not force:
        raise UserError(
            f"stack {stack} is not empty: its state has {count} {'entry' if count == 1 else 'entries'}; "
            "nothing was changed",
            "--force replaces the state, after exporting it to the project folder",
        )
    # Not Pulumi.<stack>.<...>.yaml: such a file would be the settings of another stack.
    copy = project.root / f"Pulumi.{stack}.before-restore-{catalog.name_at(moment)}.json"
    _write(copy, current)
    return copy


def _write(file: Path, data: bytes) -> None:
    try:
        files.write_new(file, data)
    except OSError as error:
        raise UserError(f"{file}: cannot be written: {error.strerror}; the state was not changed") from None


def _entries(state: bytes) -> int:
    """The number of resources in a state, including those pending deletion, and of pending operations."""
    try:
        deployment = json.loads(state)["deployment"]
    except (ValueError, KeyError, TypeError):
        raise UserError("the output of pulumi stack export is not a stack export; nothing was changed") from None
    return len(deployment.get("resources") or ()) + len(deployment.get("pending_operations") or ())


def _pending(state: bytes) -> tuple[str, ...]:
    """The URNs of a state's pending operations."""
    operations = json.loads(state)["deployment"].get("pending_operations") or ()
    return tuple(str(operation.get("resource", {}).get("urn", "")) for operation in operations)


def _import(project: Project, stack: str, state: bytes, settings: Path, *, create: bool) -> None:
    provider = read_yaml(settings).get("secretsprovider")
    with tempfile.TemporaryDirectory(prefix="groundwork-") as temporary, _unchanged(settings):
        file = Path(temporary, manifest.STATE)
        file.write_bytes(state)
        if create:
            # Without the flag, a new stack gets a passphrase, whatever secrets provider its settings name.
            options = ["--secrets-provider", str(provider)] if provider else []
            cli.run(project, "stack", "init", stack, "--no-select", *options)
        cli.run(project, "stack", "import", "--stack", stack, "--file", str(file))


@contextlib.contextmanager
def _unchanged(settings: Path) -> Iterator[None]:
    """Restore the settings file after the block: `pulumi stack init` may write a new salt and drop a key."""
    file = settings.resolve()
    before = file.read_bytes()
    try:
        yield
    finally:
        if not file.is_file() or file.read_bytes() != before:
            files.replace(file, before)


def _left_behind(copy: Path | None, wrote: Path | None) -> str:
    """The hint of a failed import: the files that remain, from which another restore continues."""
    remaining = [f"the replaced state was exported to {copy}"] if copy else []
    remaining += [f"{wrote.name} was restored"] if wrote else []
    return "; ".join([*remaining, "run the same command again; see runbooks/restore-state.md"])
