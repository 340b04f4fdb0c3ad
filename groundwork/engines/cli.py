"""Calls of the `pulumi` CLI.

`pulumi.automation` is not used for states: its `export_stack` decrypts all secrets (``--show-secrets``), and its
`import_stack` writes that state to a temporary file.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from groundwork.errors import UserError
from groundwork.project import Project


def call(
    arguments: list[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `pulumi` without prompts in `folder`, with the caller's environment if `environment` is None."""
    try:
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=folder,
            env={**(os.environ if environment is None else environment), "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise UserError("pulumi is not on PATH", "install the CLI: https://www.pulumi.com/docs/install") from None


def run(project: Project, *arguments: str) -> bytes:
    """The standard output of `pulumi` in the project's folder; raises `UserError` where it fails."""
    done = call([*arguments], project.root)
    if done.returncode != 0:
        command = " ".join(argument for argument in arguments[:2] if not argument.startswith("-"))
        reason = reason_of(done.stderr.decode(errors="replace")) or f"exit code {done.returncode}"
        raise UserError(f"pulumi {command} failed: {reason}")
    return done.stdout


def version(project: Project) -> str:
    """The version of the CLI; ``unknown`` for a build without one."""
    return run(project, "version").decode(errors="replace").strip() or "unknown"


def export(project: Project, stack: str) -> bytes:
    """The stack's state as ``pulumi stack export`` writes it; secrets stay encrypted. Raises `UserError`."""
    return run(project, "stack", "export", "--stack", stack)


def export_if_exists(project: Project, stack: str) -> bytes | None:
    """The stack's state, or None where the backend has no such stack.

    `pulumi stack ls` would fail for every stack if one state file of the project is unreadable.
    """
    try:
        return export(project, stack)
    except UserError as error:
        # https://github.com/pulumi/pulumi/blob/master/sdk/python/lib/pulumi/automation/errors.py tests this text too.
        if f"no stack named '{stack}' found" in error.message:
            return None
        raise


def reason_of(stderr: str) -> str:
    """The last error that the CLI reports, with its indented lines (the owner of a lock, for example).

    Providers and storage libraries write to the same stream, before and after it.
    """
    lines = stderr.rstrip().splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("error: ")]
    if not starts:
        return lines[-1] if lines else ""
    reason = [lines[starts[-1]].removeprefix("error: ")]
    for line in lines[starts[-1] + 1 :]:
        if not line.startswith((" ", "\t")):
            break
        reason.append(line)
    return "\n".join(reason)
