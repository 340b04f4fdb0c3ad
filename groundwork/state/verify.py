"""Tell whether a backup is as it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groundwork.errors import UserError
from groundwork.state import catalog, manifest
from groundwork.state.backup import resources_in
from groundwork.state.backup_store import BackupStore
from groundwork.state.manifest import Content, DamagedError, Manifest, Problem


@dataclass(frozen=True)
class Checked:
    """A backup and what is wrong with it: with no problem, it is whole.

    `manifest` is None where it cannot be trusted; `files` are the bytes that were checked, by name.
    """

    name: str
    manifest: Manifest | None
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...]


def check(vault: BackupStore, project: str, stack: str, name: str | None) -> Checked:
    """Read a backup, the newest if none is named, and compare it with its manifest.

    Raises `UserError` where there is no such backup or the vault cannot be read; damage is in the answer.
    """
    name = catalog.choose(vault, project, stack, name)
    place = catalog.folder(project, stack, name)
    try:
        made = manifest.parse(vault.get(f"{place}/{manifest.FILE}") or b"")
    except DamagedError as error:
        return Checked(name, None, {}, (error.problem,))
    files = {file: data for file in made.files if (data := vault.get(f"{place}/{file}")) is not None}
    problems = [*_whose(made, project, stack), *_files(made, files)]
    if not problems:
        problems = _resources(made, files[manifest.STATE])
    return Checked(name, made, files, tuple(problems))


def _whose(made: Manifest, project: str, stack: str) -> list[Problem]:
    """A backup that was copied to another stack's place is whole, and still the wrong one."""
    expected, found = f"{project}/{stack}", f"{made.project}/{made.stack}"
    return [] if found == expected else [Problem(manifest.FILE, "is of another stack", expected, found)]


def _files(made: Manifest, files: Mapping[str, bytes]) -> list[Problem]:
    problems = [
        Problem(manifest.FILE, f"lists no {file}")
        for file in (manifest.STATE, f"Pulumi.{made.stack}.yaml")
        if file not in made.files
    ]
    for file, expected in made.files.items():
        if file not in files:
            problems.append(Problem(file, "is missing"))
            continue
        found = Content.of(files[file])
        if found.size != expected.size:
            problems.append(Problem(file, "its size in bytes differs", str(expected.size), str(found.size)))
        if found.sha256 != expected.sha256:
            problems.append(Problem(file, "its checksum differs", expected.sha256, found.sha256))
    return problems


def _resources(made: Manifest, state: bytes) -> list[Problem]:
    try:
        found = resources_in(state, made.stack, manifest.STATE)
    except UserError as error:
        return [Problem(manifest.STATE, error.message.removeprefix(f"{manifest.STATE}: "))]
    if found != made.resources:
        return [Problem(manifest.STATE, "its number of resources differs", str(made.resources), str(found))]
    return []
