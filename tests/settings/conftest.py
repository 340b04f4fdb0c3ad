"""Fixtures of the tests of settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stacks.settings import Problem, SettingsError
from tests.cloud_settings import read_file
from tests.settings.samples import FILE

Read = Callable[[str | bytes], list[Problem]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes a settings file and gives its problems."""

    def written(content: str | bytes) -> list[Problem]:
        file = tmp_path / FILE
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        try:
            read_file(file)
        except SettingsError as error:
            return error.problems
        return []

    return written
