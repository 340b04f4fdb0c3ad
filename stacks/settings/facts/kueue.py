"""Kueue's configuration, from ``stacks/kueue.yaml``, as far as it is the same in every cluster."""

from __future__ import annotations

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
    """The configuration; raises `SettingsError` if a part that the program extends is missing."""
    return read_data(file, Configuration).model_dump(by_alias=True)
