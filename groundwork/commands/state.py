"""``groundwork state``."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import click

from groundwork.commands._common import FINDING, busy, json_option, print_json, project_of, stack_option
from groundwork.state import backup as backups
from groundwork.state import catalog, manifest
from groundwork.state import restore as restoring
from groundwork.state import verify as verifying
from groundwork.state.backup_store import BackupStore, open_store
from groundwork.state.manifest import DamagedError, Manifest

VAULT = "A folder, or s3://BUCKET/PREFIX?endpoint=URL&region=REGION."
source_option = click.option("--from", "source", metavar="VAULT", required=True, help=VAULT)
backup_option = click.option("--backup", "name", metavar="NAME", help="Which backup; the newest if left out.")


@click.group()
def state() -> None:
    """Keep whole, checked copies of a stack's state outside of its backend, and bring them back."""


@state.command()
@click.option("--to", "target", metavar="VAULT", required=True, help=VAULT)
@stack_option
@json_option
@click.pass_context
def backup(context: click.Context, *, target: str, stack: str, as_json: bool) -> None:
    """Put the stack's state and settings into a vault; secrets stay encrypted.

    JSON: the manifest and its `name`: `format`, `project`, `stack`, `created` (UTC), `groundwork` and `pulumi`
    (versions), `resources` (a number), `files` (by name: `size` in bytes, `sha256`).
    """
    project = project_of(context)
    project.settings_file(stack)
    with contextlib.closing(open_store(target)) as vault, busy(f"backing up {stack}"):
        name, made = backups.make(project, stack, vault, datetime.now(UTC))
    if as_json:
        print_json(_named(name, made))
    else:
        click.echo(f"{name}: {_size(made)} of {made.project}/{made.stack} are in {target}")


@state.command()
@source_option
@backup_option
@stack_option
@json_option
@click.pass_context
def verify(context: click.Context, *, source: str, name: str | None, stack: str, as_json: bool) -> None:
    """Is a backup as it was made? Exits 1 where it is damaged.

    JSON: as `backup` prints it, and `problems`: each with `file`, `message`, `expected` and `found` (texts or null).
    Where the manifest itself is damaged, there are only `name` and `problems`.
    """
    project = project_of(context)
    with contextlib.closing(open_store(source)) as vault, busy(f"verifying a backup of {stack}"):
        checked = verifying.check(vault, project.name, stack, name)
    if as_json:
        problems = [problem.to_json() for problem in checked.problems]
        print_json({**_named(checked.name, checked.manifest), "problems": problems})
    else:
        for problem in checked.problems:
            click.echo(f"{catalog.folder(project.name, stack, checked.name)}/{problem}", err=True)
        if not checked.problems and checked.manifest:
            click.echo(f"{checked.name}: whole, {_size(checked.manifest)}")
    if checked.problems:
        context.exit(FINDING)


@state.command()
@source_option
@backup_option
@click.option("--force", is_flag=True, help="Replace a state that is not empty, after keeping an export of it.")
@stack_option
@json_option
@click.pass_context
def restore(context: click.Context, *, source: str, name: str | None, force: bool, stack: str, as_json: bool) -> None:
    """Bring a stack's state back from a backup that is whole; nothing in the cloud is changed.

    JSON: as `backup` prints it, and `safety_copy` (a path, or null), `created_stack` and `wrote_settings` (whether
    either was missing), `dropped` (URNs of operations that were under way: look for what they made).
    """
    project = project_of(context)
    with contextlib.closing(open_store(source)) as vault, busy(f"restoring {stack}"):
        done = restoring.restore(project, stack, vault, name, datetime.now(UTC), force=force)
    if as_json:
        print_json({**_named(done.name, done.manifest), **done.to_json()})
        return
    click.echo(f"{done.name}: {_size(done.manifest)} are in stack {stack} again")
    if done.safety_copy:
        click.echo(f"the state that it replaced is kept in {done.safety_copy}")
    if done.created_stack:
        click.echo("the stack was missing in the backend and was created")
    if done.wrote_settings:
        click.echo(f"Pulumi.{stack}.yaml was missing here and was restored")
    for urn in done.dropped:
        click.echo(f"under way at the time of the backup, so in no state: look for {urn}")
    click.echo(f"next: pulumi preview --expect-no-changes --stack {stack}")


@state.command("list")
@source_option
@json_option
@click.pass_context
def list_(context: click.Context, *, source: str, as_json: bool) -> None:
    """The project's backups, by stack and age. Exits 1 where a manifest is damaged.

    JSON: `backups`, oldest first in each stack: `stack`, `name`, `created` (UTC) and `resources` (both null where the
    manifest is damaged).
    """
    project = project_of(context)
    with contextlib.closing(open_store(source)) as vault, busy("reading the vault"):
        found = [
            _entry(vault, project.name, stack, name)
            for stack, names in catalog.finished(vault, project.name).items()
            for name in names
        ]
    if as_json:
        print_json({"backups": found})
    else:
        for entry in found:
            holds = "its manifest is damaged" if entry["created"] is None else f"{entry['resources']} resources"
            click.echo(f"{entry['stack']}  {entry['name']}  {holds}")
        if not found:
            click.echo(f"{source}: no finished backup of {project.name}", err=True)
    if any(entry["created"] is None for entry in found):
        context.exit(FINDING)


def _entry(vault: BackupStore, project: str, stack: str, name: str) -> dict[str, Any]:
    data = vault.get(f"{catalog.folder(project, stack, name)}/{manifest.FILE}")
    try:
        made = manifest.parse(data or b"")
    except DamagedError:
        return {"stack": stack, "name": name, "created": None, "resources": None}
    return {"stack": stack, "name": name, "created": made.created, "resources": made.resources}


def _named(name: str, made: Manifest | None) -> dict[str, Any]:
    return {"name": name, **(made.to_json() if made else {})}


def _size(made: Manifest) -> str:
    return f"{made.resources} resources"
