"""Copies of the project, and the tool at work on them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

PARTS = (
    "Pulumi.yaml",
    "Pulumi.dev.yaml",
    "Pulumi.prod.yaml",
    "__main__.py",
    "stacks",
    "components",
    "policy",
    "runbooks",
    "usage",
)
IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tool on a folder."""
    return subprocess.run(
        [sys.executable, "-m", "groundwork", "-C", str(folder), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def git(folder: Path, *arguments: str) -> None:
    """Run git on a folder."""
    subprocess.run(["git", "-C", str(folder), *IDENTITY, *arguments], check=True, capture_output=True)


def copied(folder: Path) -> Path:
    """A copy of the project, below a folder, that a test may change or break."""
    folder = folder / "platform"
    folder.mkdir()
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            # The pack finds the tool beside itself, as it does in the repository.
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    (folder / "groundwork").symlink_to(ROOT / "groundwork")
    return folder
