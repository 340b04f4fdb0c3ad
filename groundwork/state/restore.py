"""Bring a stack's state back from a vault."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from groundwork import files
from groundwork.engines import cli
from groundwork.errors import UserError
from groundwork.project import Project, read_yaml
from groundwork.state import catalog, manifest, verify
from groundwork.state.backup_store import BackupStore
from groundwork.state.manifest import Manifest

# What opens a stack's secrets: the kind of key, the key itself as a cloud's key wrapped it, and the passphrase's salt.
KEYS: Final = ("secretsprovider", "encryptedkey", "encryptionsalt")


@dataclass(frozen=True)
class Restored:
    """What was restored, and what else was done for it.

    `safety_copy` is the export of the state that was replaced, or None. `dropped` are the URNs of operations that were
    under way when the backup was made: an import leaves them out, so what they created is in no state.
    """

    name: str
    manifest: Manifest
    safety_copy: Path | None
    created_stack: bool
    wrote_settings: bool
    dropped: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The part of ``state restore --json`` that the manifest does not hold."""
        return {
            "safety_copy": None if self.safety_copy is None else str(self.safety_copy),
            "created_stack": self.created_stack,
            "wrote_settings": self.wrote_settings,
            "dropped": list(self.dropped),
        }


def restore(
    project: Project, stack: str, vault: BackupStore, name: str | None, moment: datetime, *, force: bool
) -> Restored:
    """Import a backup, the newest if none is named, into the stack, which is created where the backend lost it.

    Raises `UserError`, before anything is changed, where the backup is damaged, the settings here would not open it, or
    the stack has resources and `force` is not set. With `force`, an export of those is kept beside the settings first.
    """
    backup = verify.check(vault, project.name, stack, name)
    made = _whole(backup, vault)
    if name is None and made.resources == 0:
        # The backup of a stack that was lost and begun anew must not pass for the stack.
        raise UserError(
            f"{vault.location}: the newest backup, {backup.name}, holds no resource; nothing was changed",
            "name one that does with --backup; groundwork state list --from VAULT shows them",
        )
    settings = project.root / f"Pulumi.{stack}.yaml"
    kept_settings = backup.files[settings.name]
    if settings.is_file():
        _same_keys(read_yaml(settings), _mapping(kept_settings, settings.name), settings.name)
    current = _current(project, stack)
    copy = _safety_copy(project, stack, current, moment, force=force)
    if wrote := not settings.is_file():
        _write(settings, kept_settings)
    try:
        _import(project, stack, backup.files[manifest.STATE], settings, create=current is None)
    except UserError as error:
        raise UserError(error.message, _what_is_there(copy, settings if wrote else None)) from None
    return Restored(backup.name, made, copy, current is None, wrote, _pending(backup.files[manifest.STATE]))


def _whole(backup: verify.Checked, vault: BackupStore) -> Manifest:
    if backup.problems or backup.manifest is None:
        raise UserError(
            f"{vault.location}: backup {backup.name} is damaged; nothing was changed\n"
            + "\n".join(str(problem) for problem in backup.problems),
            "take an older one with --backup; groundwork state list --from VAULT shows them",
        )
    return backup.manifest


def _mapping(data: bytes, name: str) -> dict[str, Any]:
    try:
        document = YAML(typ="safe", pure=True).load(data)
    except YAMLError as error:
        raise UserError(f"{name} in the backup is not YAML: {str(error).splitlines()[0]}") from None
    return document if isinstance(document, dict) else {}


def _same_keys(here: dict[str, Any], there: dict[str, Any], file: str) -> None:
    """Raises `UserError` where the settings here would open the state's secrets with another key than it was made with.

    They are not merged: values in the file are encrypted with its key, so whose values they are is a person's decision.
    """
    lines = []
    for key in KEYS:
        if here.get(key) != there.get(key):
            lines += [f"  {key} here:          {here.get(key, '(none)')}"]
            lines += [f"  {key} in the backup: {there.get(key, '(none)')}"]
    if lines:
        raise UserError(
            "\n".join([f"{file}: opens secrets differently than the backup's does; nothing was changed", *lines]),
            f"move {file} away and restore again to get the backup's file, or take those lines over by hand",
        )


def _current(project: Project, stack: str) -> bytes | None:
    """The state as it is, or None where there is no such stack."""
    try:
        return cli.export_if_any(project, stack)
    except UserError as error:
        raise UserError(
            f"the state as it is cannot be read, so it cannot be kept; nothing was changed: {error.message}",
            "if the backend's file of this stack is broken, move it away there; then it counts as lost",
        ) from None


def _safety_copy(project: Project, stack: str, current: bytes | None, moment: datetime, *, force: bool) -> Path | None:
    """Keep what the import would replace; None where there is nothing. Raises `UserError` without `force`."""
    if current is None or (count := _entries(current)) == 0:
        return None
    if not force:
        raise UserError(
            f"stack {stack} is not empty: its state holds {count} entries; nothing was changed",
            "--force replaces it, after keeping an export of it in the project's folder",
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
    """How much a state holds: resources, those that wait to be deleted included, and operations under way."""
    try:
        deployment = json.loads(state)["deployment"]
    except (ValueError, KeyError, TypeError):
        raise UserError("pulumi stack export wrote no export; nothing was changed") from None
    return len(deployment.get("resources") or ()) + len(deployment.get("pending_operations") or ())


def _pending(state: bytes) -> tuple[str, ...]:
    operations = json.loads(state)["deployment"].get("pending_operations") or ()
    return tuple(str(operation.get("resource", {}).get("urn", "")) for operation in operations)


def _import(project: Project, stack: str, state: bytes, settings: Path, *, create: bool) -> None:
    provider = read_yaml(settings).get("secretsprovider")
    with tempfile.TemporaryDirectory(prefix="groundwork-") as temporary, _untouched(settings):
        file = Path(temporary, manifest.STATE)
        file.write_bytes(state)
        if create:
            # Without the flag, a new stack gets a passphrase, whatever its settings say.
            options = ["--secrets-provider", str(provider)] if provider else []
            cli.run(project, "stack", "init", stack, "--no-select", *options)
        cli.run(project, "stack", "import", "--stack", stack, "--file", str(file))


@contextlib.contextmanager
def _untouched(settings: Path) -> Iterator[None]:
    """Put the settings back as they were: `pulumi stack init` may write a new salt, and drop a key, without a word."""
    file = settings.resolve()
    before = file.read_bytes()
    try:
        yield
    finally:
        if not file.is_file() or file.read_bytes() != before:
            files.replace(file, before)


def _what_is_there(copy: Path | None, wrote: Path | None) -> str:
    """What a failed import leaves behind: nothing is taken away again, and restoring again goes on from there."""
    left = [f"the state as it was is kept in {copy}"] if copy else []
    left += [f"{wrote.name} was restored"] if wrote else []
    return "; ".join([*left, "the same command can be run again; runbooks/restore-state.md has the cases"])
