"""Check out the project at a git revision."""

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
        raise UserError("git is not on PATH", "install git, or compare with an export file") from None


def commit_of(project: Project, ref: str) -> str:
    """The commit of a ref; raises `UserError` where there is none."""
    if _git(project, "rev-parse", "--is-inside-work-tree").returncode != 0:
        raise UserError(f"{project.root}: is not a git checkout", "compare with an export file instead of a git ref")
    done = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if done.returncode != 0:
        raise UserError(
            f"--against {ref}: is neither a file nor a git ref in this checkout",
            "use a branch, tag, commit or HEAD~1; in a shallow clone, fetch the history first",
        )
    return done.stdout.decode().strip()


@contextlib.contextmanager
def checked_out(project: Project, ref: str) -> Iterator[Project]:
    """A temporary copy of the project at `ref`; the checkout itself is not changed.

    The copy uses the installed packages, not the versions that the revision has locked.
    """
    commit = commit_of(project, ref)
    prefix = _git(project, "rev-parse", "--show-prefix").stdout.decode().strip()
    archive = _git(project, "archive", "--format=tar", commit if not prefix else f"{commit}:{prefix}")
    if archive.returncode != 0:
        raise UserError(f"--against {ref}: {prefix or 'the project'} is not in that commit")
    with tempfile.TemporaryDirectory(prefix="groundwork-") as temporary:
        folder = Path(temporary, "project")
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            # The history is as trusted as the checkout, links included; the filter "tar" keeps files in the folder.
            tar.extractall(folder, filter="tar")
        environment = project.root / ".venv"
        if environment.exists():
            (folder / ".venv").symlink_to(environment)
        if not (folder / "Pulumi.yaml").is_file():
            raise UserError(f"--against {ref}: that commit has no Pulumi.yaml in {prefix or 'its root'}")
        yield Project.at(folder)
