"""Back up a stack's state, with the settings that its secrets need."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from groundwork.engines import cli, exports
from groundwork.errors import UserError
from groundwork.project import Project
from groundwork.state import catalog, manifest
from groundwork.state.backup_store import BackupStore
from groundwork.state.manifest import FileDigest, Manifest


def make_backup(project: Project, stack: str, store: BackupStore, moment: datetime) -> tuple[str, Manifest]:
    """Back up a stack's state and its settings; returns the backup's name and its manifest.

    Secrets stay encrypted in both. Raises `UserError` where state or settings cannot be read, or the store refuses.
    """
    name = catalog.name_at(moment)
    folder = catalog.folder(project.name, stack, name)
    settings = project.settings_file(stack)
    state = cli.export(project, stack)
    contents = {manifest.STATE: state, settings.name: settings.read_bytes()}
    made = Manifest(
        project=project.name,
        stack=stack,
        created=moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        groundwork=metadata.version("groundwork"),
        pulumi=cli.version(project),
        resources=resources_in(state, stack, "pulumi stack export"),
        files={file: FileDigest.of(data) for file, data in contents.items()},
    )
    for file, data in contents.items():
        store.put(f"{folder}/{file}", data)
    # The manifest is last: without one, the files are not a backup.
    store.put(f"{folder}/{manifest.FILE}", made.to_bytes())
    return name, made


def resources_in(state: bytes, stack: str, source: str) -> int:
    """The number of resources in an export; raises `UserError`, which calls the export `source`, if it is damaged."""
    with tempfile.TemporaryDirectory(prefix="groundwork-") as temporary:
        file = Path(temporary, manifest.STATE)
        file.write_bytes(state)
        try:
            return len(exports.read(file, stack))
        except UserError as error:
            raise UserError(error.message.replace(str(file), source), error.hint) from None
