"""The settings of stacks in the cloud, whose type is known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stacks.settings import Settings, any_of, read_any


def read_file(path: Path) -> Settings:
    """The settings in a ``Pulumi.<stack>.yaml``; raises `SettingsError`."""
    return _cloud(read_any(path))


def settings_of(configuration: Mapping[str, Any], file: str) -> Settings:
    """The settings in a stack's configuration; raises `SettingsError`."""
    return _cloud(any_of(configuration, file))


def _cloud(settings: object) -> Settings:
    assert isinstance(settings, Settings)
    return settings
