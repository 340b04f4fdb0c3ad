"""Exact versions of what is installed into clusters, from ``stacks/versions.yaml``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, model_validator

from stacks.settings.core.data_files import read_data
from stacks.settings.core.types import Key, Section

FILE: Final = Path(__file__).parents[2] / "versions.yaml"

# Exactly three numbers: a range or "latest" would install another version later.
Exact = Annotated[str, Field(pattern=r"^v?[0-9]+\.[0-9]+\.[0-9]+$", examples=["v1.21.1"])]
Url = Annotated[str, Field(pattern=r"^https://[^\s]+$", examples=["https://github.com/…"])]


class Pin(Section):
    """A version with its source and date."""

    version: Exact
    source: Url
    date: Annotated[dt.date, Field(strict=False)]


class Chart(Pin):
    """A Helm chart: an OCI reference, or a name in a repository."""

    chart: Annotated[str, Field(pattern=r"^(oci://[^\s]+|[a-z0-9-]+)$", examples=["oci://registry.example/charts/x"])]
    repository: Url | None = None
    namespace: Key
    after: list[Key] = Field(default_factory=list, description="charts that must be ready before this one is installed")
    values: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_one_source(self) -> Chart:
        if self.chart.startswith("oci://") == (self.repository is not None):
            raise ValueError("needs either an OCI reference as its chart, or a name and a repository")
        return self


class Manifests(Pin):
    """A kustomize folder of a repository at a tag."""

    repository: Url
    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", examples=["config/default"])]

    @property
    def directory(self) -> str:
        """The folder in the form that kustomize accepts."""
        return f"{self.repository}//{self.path}?ref={self.version}"


class Versions(Section):
    """Every pin. Each chart comes after those in its `after`."""

    charts: dict[Key, Chart]
    manifests: dict[Key, Manifests]

    @model_validator(mode="after")
    def _ordered(self) -> Versions:
        seen: set[str] = set()
        for key, chart in self.charts.items():
            if late := [needed for needed in chart.after if needed not in seen]:
                raise ValueError(f"chart {key} precedes {', '.join(late)}, which its after names")
            seen.add(key)
        return self


def load_versions(file: Path = FILE) -> Versions:
    """The pins; raises `SettingsError` for a version that is not exact, or a wrong order."""
    return read_data(file, Versions)
