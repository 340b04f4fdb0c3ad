"""``groundwork state``: back up and restore a stack's state."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import click

from groundwork.commands._common import FINDING, busy, json_option, print_json, project_of, stack_option
from groundwork.state import catalog, manifest
from groundwork.state.backup import make_backup
from groundwork.state.backup_store import BackupStore
from groundwork.state.manifest import DamagedError, Manifest
from groundwork.state.open_store import open_store
from groundwork.state.restore import restore_backup
from groundwork.state.verify import verify_backup

STORE = "Backup store: a folder, or s3://BUCKET/PREFIX?endpoint=URL&region=REGION."
source_option = click.option("--from", "source", metavar="STORE", required=True, help=STORE)
backup_option = click.option("--backup", "name", metavar="NAME", help="Name of the backup.  [default: the newest]")


@click.group()
def state() -> None:
    """Back up a stack's state outside of its backend, and restore it."""


@state.command()
@click.option("--to", "target", metavar="STORE", required=True, help=STORE)
@stack_option
@json_option
@click.pass_context
def backup(context: click.Context, *, target: str, stack: str, as_json: bool) -> None:
    """Back up the stack's state and settings.

    Secrets stay encrypted.

    JSON: the backup's `name` and its manifest: `format`, `project`, `stack`, `created` (UTC), `groundwork` and
    `pulumi` (versions), `resources` (their number), `files` (by name: `size` in bytes, `sha256`).
    """
    project = project_of(context)
    project.settings_file(stack)
    with contextlib.closing(open_store(target)) as store, busy(f"backing up {stack}"):
        name, made = make_backup(project, stack, store, datetime.now(UTC))
    if as_json:
        print_json(_named(name, made))
    else:
        click.echo(f"{name}: backed up {_size(made)} of {made.project}/{made.stack} to {target}")


@state.command()
@source_option
@backup_option
@stack_option
@json_option
@click.pass_context
def verify(context: click.Context, *, source: str, name: str | None, stack: str, as_json: bool) -> None:
    """Verify a backup.

    Compares its files with the checksums in its manifest. Exits 1 where the backup is damaged.

    JSON: as of `backup`, with `problems`: each has `file`, `message`, `expected` and `found` (texts or null). Where the
    manifest itself is damaged, there are only `name` and `problems`.
    """
    project = project_of(context)
    with contextlib.closing(open_store(source)) as store, busy(f"verifying a backup of {stack}"):
        verified = verify_backup(store, project.name, stack, name)
    if as_json:
        problems = [problem.to_json() for problem in verified.problems]
        print_json({**_named(verified.name, verified.manifest), "problems": problems})
    else:
        for problem in verified.problems:
            click.echo(f"{catalog.folder(project.name, stack, verified.name)}/{problem}", err=True)
        if not verified.problems and verified.manifest:
            click.echo(f"{verified.name}: complete, {_size(verified.manifest)}")
    if verified.problems:
        context.exit(FINDING)


@state.command()
@source_option
@backup_option
@click.option("--force", is_flag=True, help="Replace a state with resources, after exporting it to the project folder.")
@stack_option
@json_option
@click.pass_context
def restore(context: click.Context, *, source: str, name: str | None, force: bool, stack: str, as_json: bool) -> None:
    """Restore a stack's state from a backup.

    The backup is verified first. No resource in the cloud is changed.

    JSON: as of `backup`, with `safety_copy` (the path of the exported state, or null), `created_stack` and
    `wrote_settings` (whether either was missing), and `dropped` (URNs of operations that were pending at the time of
    the backup: check the cloud for what they created).
    """
    project = project_of(context)
    with contextlib.closing(open_store(source)) as store, busy(f"restoring {stack}"):
        restored = restore_backup(project, stack, store, name, datetime.now(UTC), force=force)
    if as_json:
        print_json({**_named(restored.name, restored.manifest), **restored.to_json()})
        return
    click.echo(f"{restored.name}: restored {_size(restored.manifest)} to stack {stack}")
    if restored.safety_copy:
        click.echo(f"the replaced state was exported to {restored.safety_copy}")
    if restored.created_stack:
        click.echo("the stack was missing in the backend and was created")
    if restored.wrote_settings:
        click.echo(f"Pulumi.{stack}.yaml was missing and was restored")
    for urn in restored.dropped:
        click.echo(f"pending at the time of the backup and not in the state; check the cloud for {urn}")
    click.echo(f"next: pulumi preview --expect-no-changes --stack {stack}")


@state.command("list")
@source_option
@json_option
@click.pass_context
def list_(context: click.Context, *, source: str, as_json: bool) -> None:
    """List the project's backups.

    By stack, oldest first. Exits 1 where a manifest is damaged.

    JSON: `backups`: each has `stack`, `name`, `created` (UTC) and `resources` (both null where the manifest is
    damaged).
    """
    project = project_of(context)
    with contextlib.closing(open_store(source)) as store, busy("reading the backup store"):
        backups = [
            _listed(store, project.name, stack, name)
            for stack, names in catalog.finished(store, project.name).items()
            for name in names
        ]
    if as_json:
        print_json({"backups": backups})
    else:
        for entry in backups:
            contents = "damaged manifest" if entry["created"] is None else _count(entry["resources"])
            click.echo(f"{entry['stack']}  {entry['name']}  {contents}")
        if not backups:
            click.echo(f"{source}: no complete backup of project {project.name}", err=True)
    if any(entry["created"] is None for entry in backups):
        context.exit(FINDING)


def _listed(store: BackupStore, project: str, stack: str, name: str) -> dict[str, Any]:
    data = store.get(f"{catalog.folder(project, stack, name)}/{manifest.FILE}")
    try:
        made = manifest.parse(data or b"")
    except DamagedError:
        return {"stack": stack, "name": name, "created": None, "resources": None}
    return {"stack": stack, "name": name, "created": made.created, "resources": made.resources}


def _named(name: str, made: Manifest | None) -> dict[str, Any]:
    return {"name": name, **(made.to_json() if made else {})}


def _size(made: Manifest) -> str:
    return _count(made.resources)


def _count(number: int) -> str:
    return f"{number} resource{'' if number == 1 else 's'}"
