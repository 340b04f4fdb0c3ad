"""The project as it was at a git revision."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from groundwork.errors import UserError
from groundwork.project import Project


def _git(project: Project, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(project.root), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise UserError("git is not installed", "a plan against a revision reads it from git") from None


def commit_of(project: Project, ref: str) -> str:
    """The commit that a ref names; raises `UserError` where git knows none."""
    if _git(project, "rev-parse", "--is-inside-work-tree").returncode != 0:
        raise UserError(f"{project.root}: is not a git checkout", "name an export file instead of a git ref")
    done = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if done.returncode != 0:
        raise UserError(
            f"--against {ref}: neither a file nor a git ref that this checkout knows",
            "a branch, tag, commit or HEAD~1; in a shallow clone, fetch its history first",
        )
    return done.stdout.decode().strip()


@contextlib.contextmanager
def checked_out(project: Project, ref: str) -> Iterator[Project]:
    """A folder with the project as it was at `ref`; the checkout itself is not touched.

    The installed packages are today's: a revision is compared by what it declares, not by what it was locked to.
    """
    commit = commit_of(project, ref)
    prefix = _git(project, "rev-parse", "--show-prefix").stdout.decode().strip()
    archive = _git(project, "archive", "--format=tar", commit if not prefix else f"{commit}:{prefix}")
    if archive.returncode != 0:
        raise UserError(f"--against {ref}: {prefix or 'the project'} is not in that commit")
    with tempfile.TemporaryDirectory(prefix="groundwork-") as temporary:
        folder = Path(temporary, "project")
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            # The checkout's own history is trusted as the checkout is, links included; "tar" keeps files inside.
            tar.extractall(folder, filter="tar")
        environment = project.root / ".venv"
        if environment.exists():
            (folder / ".venv").symlink_to(environment)
        if not (folder / "Pulumi.yaml").is_file():
            raise UserError(f"--against {ref}: that commit has no Pulumi.yaml in {prefix or 'its root'}")
        yield Project.at(folder)
