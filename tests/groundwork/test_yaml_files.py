"""Tests of the reader of Pulumi's YAML files."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundwork.errors import UserError
from groundwork.yaml_files import parse_yaml, read_yaml


def test_values_are_read_as_the_engine_reads_them(tmp_path: Path) -> None:
    """YAML 1.2: `on` is text, and numbers are numbers."""
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("config: {switch: on, flag: true, ratio: 0.5}\n", encoding="utf-8")

    assert read_yaml(file) == {"config": {"switch": "on", "flag": True, "ratio": 0.5}}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: [1\nb: c", "file.yaml:2: is not valid YAML: "),
        (b"- a", "file.yaml: is not a map of keys"),
        (b"", "file.yaml: is not a map of keys"),
        (b"a: \xff", "file.yaml: is not valid YAML: "),
        (b"a: \x00", "file.yaml: is not valid YAML: "),
    ],
)
def test_invalid_yaml_is_one_line(data: bytes, message: str) -> None:
    """The message has the line where the parser knows it."""
    with pytest.raises(UserError) as caught:
        parse_yaml(data, "file.yaml")

    assert caught.value.message.startswith(message)
    assert "\n" not in caught.value.message


def test_unreadable_file_is_named(tmp_path: Path) -> None:
    """A missing file and a folder are different errors."""
    with pytest.raises(UserError, match=r"missing\.yaml: no such file"):
        read_yaml(tmp_path / "missing.yaml")
    with pytest.raises(UserError, match="cannot be read"):
        read_yaml(tmp_path)
