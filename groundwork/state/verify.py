"""Verify a backup against its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groundwork.errors import UserError
from groundwork.state import catalog, manifest
from groundwork.state.backup import resources_in
from groundwork.state.backup_store import BackupStore
from groundwork.state.manifest import BackupProblem, DamagedError, FileDigest, Manifest


@dataclass(frozen=True)
class Verification:
    """A backup and its problems; without any, it is complete.

    `manifest` is None where it is damaged; `files` are the bytes that were read, by name.
    """

    name: str
    manifest: Manifest | None
    files: Mapping[str, bytes]
    problems: tuple[BackupProblem, ...]


def verify_backup(store: BackupStore, project: str, stack: str, name: str | None) -> Verification:
    """Read a backup, the newest if `name` is None, and compare it with its manifest.

    Raises `UserError` where there is no such backup or the store cannot be read; damage is in the result.
    """
    name = catalog.choose(store, project, stack, name)
    folder = catalog.folder(project, stack, name)
    try:
        made = manifest.parse(store.get(f"{folder}/{manifest.FILE}") or b"")
    except DamagedError as error:
        return Verification(name, None, {}, error.problems)
    files = {file: data for file in made.files if (data := store.get(f"{folder}/{file}")) is not None}
    problems = [*_owner(made, project, stack), *_files(made, files)]
    if not problems:
        problems = _resources(made, files[manifest.STATE])
    return Verification(name, made, files, tuple(problems))


def _owner(made: Manifest, project: str, stack: str) -> list[BackupProblem]:
    """A complete backup may have been copied to the folder of another stack."""
    expected, actual = f"{project}/{stack}", f"{made.project}/{made.stack}"
    return [] if actual == expected else [BackupProblem(manifest.FILE, "is of another stack", expected, actual)]


def _files(made: Manifest, files: Mapping[str, bytes]) -> list[BackupProblem]:
    problems = [
        BackupProblem(manifest.FILE, f"does not list {file}")
        for file in (manifest.STATE, f"Pulumi.{made.stack}.yaml")
        if file not in made.files
    ]
    for file, expected in made.files.items():
        if file not in files:
            problems.append(BackupProblem(file, "is missing"))
            continue
        actual = FileDigest.of(files[file])
        if actual.size != expected.size:
            problems.append(BackupProblem(file, "its size in bytes differs", str(expected.size), str(actual.size)))
        if actual.sha256 != expected.sha256:
            problems.append(BackupProblem(file, "its checksum differs", expected.sha256, actual.sha256))
    return problems


def _resources(made: Manifest, state: bytes) -> list[BackupProblem]:
    try:
        number = resources_in(state, made.stack, manifest.STATE)
    except UserError as error:
        return [BackupProblem(manifest.STATE, error.message.removeprefix(f"{manifest.STATE}: "))]
    if number != made.resources:
        return [BackupProblem(manifest.STATE, "its number of resources differs", str(made.resources), str(number))]
    return []
