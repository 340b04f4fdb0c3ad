"""Temporary copies of the project, and calls of the tool and of git on them."""

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
    """A copy of the project, in a new folder below `folder`, that a test may change."""
    folder = folder / "platform"
    folder.mkdir()
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            # The pack imports the tool from the folder that it is in, as in the repository.
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    (folder / "groundwork").symlink_to(ROOT / "groundwork")
    return folder


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text in a file, which has to have it."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def snapshot(folder: Path) -> dict[str, bytes]:
    """All files of a folder, without those of git and caches."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not {".git", "__pycache__"} & set(file.parts)
    }
