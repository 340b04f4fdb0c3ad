"""The calls of the `pulumi` CLI that escrow needs, in the project's folder and the caller's environment."""

from __future__ import annotations

import os
import subprocess

from groundwork.errors import UserError
from groundwork.project import Project


def version(project: Project) -> str:
    """What ``pulumi version`` prints; a build without a version prints nothing."""
    return _run(project, "version").decode(errors="replace").strip() or "unknown"


def export(project: Project, stack: str) -> bytes:
    """The stack's state as ``pulumi stack export`` writes it; secrets stay encrypted. Raises `UserError`."""
    return _run(project, "stack", "export", "--stack", stack)


def export_if_any(project: Project, stack: str) -> bytes | None:
    """The stack's state, or None where the backend has no such stack.

    `pulumi stack ls` is not asked: one unreadable state file in the project makes it fail for every stack.
    """
    try:
        return export(project, stack)
    except UserError as error:
        if f"no stack named '{stack}' found" in error.message:
            return None
        raise


def run(project: Project, *arguments: str) -> None:
    """Run a command for what it does; raises `UserError` where it fails."""
    _run(project, *arguments)


def _run(project: Project, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=project.root,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise UserError(
            "there is no pulumi on PATH", "state is read and written by the CLI: https://www.pulumi.com/docs/install"
        ) from None
    if done.returncode != 0:
        called = " ".join(argument for argument in arguments[:2] if not argument.startswith("-"))
        reason = reason_of(done.stderr.decode(errors="replace")) or f"exit code {done.returncode}"
        raise UserError(f"pulumi {called} failed: {reason}")
    return done.stdout


def reason_of(stderr: str) -> str:
    """The last error that the CLI names, with the indented lines that belong to it (who holds a lock, for one).

    Providers and storage libraries write to the same stream, before and after it.
    """
    lines = stderr.rstrip().splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("error: ")]
    if not starts:
        return lines[-1] if lines else ""
    found = [lines[starts[-1]].removeprefix("error: ")]
    for line in lines[starts[-1] + 1 :]:
        if not line.startswith((" ", "\t")):
            break
        found.append(line)
    return "\n".join(found)
