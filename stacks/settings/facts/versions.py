"""Exact versions of what is installed into clusters, from ``stacks/versions.yaml``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, model_validator

from stacks.settings.core.data_files import read_data
from stacks.settings.core.types import Key, Section

FILE: Final = Path(__file__).parents[2] / "versions.yaml"

# Three numbers and nothing after them: a range or "latest" would install something else tomorrow.
Exact = Annotated[str, Field(pattern=r"^v?[0-9]+\.[0-9]+\.[0-9]+$", examples=["v1.21.1"])]
Url = Annotated[str, Field(pattern=r"^https://[^\s]+$", examples=["https://github.com/…"])]


class Pin(Section):
    """Where a version was read, and when."""

    version: Exact
    source: Url
    date: Annotated[dt.date, Field(strict=False)]


class Chart(Pin):
    """A Helm chart: an OCI reference, or a name in a repository."""

    chart: Annotated[str, Field(pattern=r"^(oci://[^\s]+|[a-z0-9-]+)$", examples=["oci://registry.example/charts/x"])]
    repository: Url | None = None
    namespace: Key
    after: list[Key] = Field(default_factory=list, description="charts that must work before this one is installed")
    values: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_one_place(self) -> Chart:
        if self.chart.startswith("oci://") == (self.repository is not None):
            raise ValueError("has an OCI reference as its chart, or a name and a repository")
        return self


class Manifests(Pin):
    """A kustomize folder of a repository at a tag."""

    repository: Url
    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", examples=["config/default"])]

    @property
    def directory(self) -> str:
        """The folder as kustomize fetches it."""
        return f"{self.repository}//{self.path}?ref={self.version}"


class Versions(Section):
    """Every pin. Charts stand in an order in which none comes before what it is `after`."""

    charts: dict[Key, Chart]
    manifests: dict[Key, Manifests]

    @model_validator(mode="after")
    def _ordered(self) -> Versions:
        seen: set[str] = set()
        for key, chart in self.charts.items():
            if late := [needed for needed in chart.after if needed not in seen]:
                raise ValueError(f"chart {key} stands before {', '.join(late)}, which it comes after")
            seen.add(key)
        return self


def load_versions(file: Path = FILE) -> Versions:
    """The pins; raises `SettingsError` for a version that is not exact or an order that cannot be."""
    return read_data(file, Versions)
