"""Put a stack's state into a vault, with the settings that its secrets need."""

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
from groundwork.state.manifest import Content, Manifest


def make(project: Project, stack: str, vault: BackupStore, moment: datetime) -> tuple[str, Manifest]:
    """Back up a stack's state and its settings; the backup's name and its manifest.

    Secrets stay encrypted in both. Raises `UserError` where state or settings cannot be read, or the vault refuses.
    """
    name = catalog.name_at(moment)
    place = catalog.folder(project.name, stack, name)
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
        files={file: Content.of(data) for file, data in contents.items()},
    )
    for file, data in contents.items():
        vault.put(f"{place}/{file}", data)
    # Last: whatever stops before this line leaves something that no one takes for a backup.
    vault.put(f"{place}/{manifest.FILE}", made.render())
    return name, made


def resources_in(state: bytes, stack: str, where: str) -> int:
    """How many resources an export declares; raises `UserError`, with `where` it came from, if it is not whole."""
    with tempfile.TemporaryDirectory(prefix="groundwork-") as temporary:
        file = Path(temporary, manifest.STATE)
        file.write_bytes(state)
        try:
            return len(exports.read(file, stack))
        except UserError as error:
            raise UserError(error.message.replace(str(file), where), error.hint) from None
