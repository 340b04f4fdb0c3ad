"""Kueue's configuration, from ``stacks/kueue.yaml``, as far as it is the same in every cluster."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from stacks.settings.core.data_files import read_data
from stacks.settings.core.types import Section

FILE: Final = Path(__file__).parents[2] / "kueue.yaml"


class Configuration(Section, extra="allow"):
    """The parts that the program extends; Kueue validates the rest when it starts."""

    managed_jobs: dict[str, Any] = Field(alias="managedJobsNamespaceSelector")
    wait: dict[str, Any] = Field(alias="waitForPodsReady")


def load_configuration(file: Path = FILE) -> dict[str, Any]:
    """A copy of the configuration that may be changed; raises `SettingsError` if a part that is extended is missing."""
    return _configuration(file).model_dump(by_alias=True)


@cache
def _configuration(file: Path) -> Configuration:
    return read_data(file, Configuration)
