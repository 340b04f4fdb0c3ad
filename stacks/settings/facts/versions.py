"""Exact versions of what is installed into clusters, from ``stacks/versions.yaml``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, model_validator

from stacks.settings.core.data_files import read_data
from stacks.settings.core.types import Key, Section

FILE: Final = Path(__file__).parents[2] / "versions.yaml"
PIPELINES: Final = "pipelines"  # the first word of the keys of Pipelines' folders

# Exactly three numbers: a range or "latest" would install another version later.
Exact = Annotated[str, Field(pattern=r"^v?[0-9]+\.[0-9]+\.[0-9]+$", examples=["v1.21.1"])]
Url = Annotated[str, Field(pattern=r"^https://[^\s]+$", examples=["https://github.com/…"])]

RepositoryPath = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", examples=["config/default"])]


class Requests(Section):
    """What one container requests, as Kubernetes writes it."""

    cpu: Annotated[str, Field(pattern=r"^[1-9][0-9]*m?$", examples=["50m"])]
    memory: Annotated[str, Field(pattern=r"^[1-9][0-9]*[MG]i$", examples=["128Mi"])]


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
    crds: Key | None = Field(default=None, description="CRDs of the section crds in place of the chart's folder crds/")
    values: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_one_source(self) -> Chart:
        if self.chart.startswith("oci://") == (self.repository is not None):
            raise ValueError("needs either an OCI reference as its chart, or a name and a repository")
        return self


class Manifests(Pin):
    """A kustomize folder of a repository at a tag."""

    repository: Url
    path: RepositoryPath
    after: list[Key] = Field(
        default_factory=list, description="charts that must be ready before this folder is applied"
    )
    requests: dict[str, dict[str, Requests]] = Field(
        default_factory=dict, description="requests by Deployment and container, where the folder sets none"
    )
    environment: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="values of environment variables that containers have, by Deployment"
    )
    pod_labels: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="labels that are added to pods, by Deployment"
    )

    @property
    def directory(self) -> str:
        """The folder in the form that kustomize accepts."""
        return f"{self.repository}//{self.path}?ref={self.version}"

    @property
    def container_requests(self) -> dict[str, dict[str, dict[str, str]]]:
        """The requests by Deployment, container and resource."""
        return {
            deployment: {container: requests.model_dump() for container, requests in containers.items()}
            for deployment, containers in self.requests.items()
        }


class Crds(Pin):
    """Files of CRDs in a GitHub repository at a tag, for a chart whose CRDs Helm would never upgrade."""

    repository: Annotated[str, Field(pattern=r"^https://github\.com/[\w.-]+/[\w.-]+$")]
    files: Annotated[list[RepositoryPath], Field(min_length=1)]

    @property
    def urls(self) -> list[str]:
        """The addresses of the files."""
        raw = self.repository.replace("github.com", "raw.githubusercontent.com", 1)
        return [f"{raw}/{self.version}/{file}" for file in self.files]


class Versions(Section):
    """Every pin. Each chart comes after those in its `after`; folders come after all charts."""

    charts: dict[Key, Chart]
    crds: dict[Key, Crds] = Field(default_factory=dict)
    manifests: dict[Key, Manifests]

    @property
    def operator_folders(self) -> dict[str, Manifests]:
        """The folders that every cluster gets, by key."""
        return {key: folder for key, folder in self.manifests.items() if not key.startswith(PIPELINES)}

    @property
    def pipelines_folders(self) -> dict[str, Manifests]:
        """The folders of Pipelines, by part: `core`, `cluster-scoped` and others."""
        return {
            key.removeprefix(PIPELINES).removeprefix("-") or "core": folder
            for key, folder in self.manifests.items()
            if key.startswith(PIPELINES)
        }

    @model_validator(mode="after")
    def _ordered(self) -> Versions:
        seen: set[str] = set()
        for key, chart in self.charts.items():
            if late := [needed for needed in chart.after if needed not in seen]:
                raise ValueError(f"chart {key} precedes {', '.join(late)}, which its after names")
            seen.add(key)
        for key, folder in self.manifests.items():
            if unknown := [needed for needed in folder.after if needed not in seen]:
                raise ValueError(f"folder {key} has {', '.join(unknown)} in its after, which is not a chart")
        used = [chart.crds for chart in self.charts.values() if chart.crds is not None]
        if sorted(used) != sorted(self.crds):
            raise ValueError(
                f"crds are {', '.join(sorted(self.crds))}; those that charts name are {', '.join(sorted(used))}"
            )
        return self


def load_versions(file: Path = FILE) -> Versions:
    """The pins; raises `SettingsError` for a version that is not exact, or a wrong order."""
    return read_data(file, Versions)
