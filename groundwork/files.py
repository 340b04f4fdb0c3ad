"""Durable, atomic writes: a file is either complete or absent."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

# Prefix of the names of unfinished files; backup stores do not list them.
UNFINISHED: Final = ".groundwork-"


def write_new(file: Path, data: bytes) -> None:
    """Create a file; raises `FileExistsError`, and leaves the file as it is, where it exists."""
    with _temporary_copy(file, data) as copy:
        # Unlike a rename, a link never replaces an existing file.
        os.link(copy, file)
    _sync_folder(file.parent)


def replace(file: Path, data: bytes) -> None:
    """Write a file, new or in place of the existing one, which stays complete until then and passes on its mode."""
    with _temporary_copy(file, data) as copy:
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(file, copy)
        copy.replace(file)
    _sync_folder(file.parent)


@contextlib.contextmanager
def _temporary_copy(file: Path, data: bytes) -> Iterator[Path]:
    """A complete copy in the same folder; removed afterwards unless it was moved."""
    copy = file.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    try:
        with copy.open("xb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folders(folder: Path, root: Path) -> None:
    """Create a folder below `root`, with its parents, durably."""
    missing = [path for path in (folder, *folder.parents) if path != root and path.is_relative_to(root)]
    for path in reversed(missing):
        if not path.is_dir():
            path.mkdir(exist_ok=True)
            _sync_folder(path.parent)
