"""Tests of atomic writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundwork import files


def test_write_new_refuses_an_existing_file(tmp_path: Path) -> None:
    """The existing file is unchanged, and no temporary file remains."""
    file = tmp_path / "file"
    files.write_new(file, b"first")

    with pytest.raises(FileExistsError):
        files.write_new(file, b"other")

    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"first"]


def test_replace_passes_on_the_mode(tmp_path: Path) -> None:
    """The new file is for the same readers as the old one."""
    file = tmp_path / "file"
    file.write_bytes(b"first")
    file.chmod(0o640)

    files.replace(file, b"other")

    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"other", 0o640)
    assert list(tmp_path.iterdir()) == [file]


def test_replace_creates_a_missing_file(tmp_path: Path) -> None:
    """There need not be a file to replace."""
    files.replace(tmp_path / "file", b"first")

    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"first"]


def test_make_folders_creates_parents_below_the_root_only(tmp_path: Path) -> None:
    """The root itself has to exist: it may be an unmounted disk."""
    files.make_folders(tmp_path / "a" / "b", tmp_path)

    assert (tmp_path / "a" / "b").is_dir()
    with pytest.raises(FileNotFoundError):
        files.make_folders(tmp_path / "missing" / "a", tmp_path / "missing")
