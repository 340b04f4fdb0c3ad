"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

# A name that starts so is a file on its way; no vault lists it.
UNFINISHED: Final = ".groundwork-"


def write_new(file: Path, data: bytes) -> None:
    """Write a file that is not there yet, durably; raises `FileExistsError` where it is, and leaves that one alone."""
    with _beside(file, data) as whole:
        # Unlike a rename, a link never takes the place of what is there.
        os.link(whole, file)
    _settle(file.parent)


def replace(file: Path, data: bytes) -> None:
    """Write a file in place of the one that is there, which stays whole until the new one is."""
    with _beside(file, data) as whole:
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(file, whole)
        whole.replace(file)
    _settle(file.parent)


@contextlib.contextmanager
def _beside(file: Path, data: bytes) -> Iterator[Path]:
    """A whole copy in the same folder, which is gone afterwards unless it was moved."""
    whole = file.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    try:
        with whole.open("xb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        yield whole
    finally:
        whole.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """A name is durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folders(folder: Path, root: Path) -> None:
    """Make a folder below `root`, with its parents, durably."""
    missing = [path for path in (folder, *folder.parents) if path != root and path.is_relative_to(root)]
    for path in reversed(missing):
        if not path.is_dir():
            path.mkdir(exist_ok=True)
            _settle(path.parent)
