"""Where the tests read charts and kustomize folders from: ``sources.yaml``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from tests.parts.build import Sources, Unavailable

FILE: Final = Path(__file__).with_name("sources.yaml")
VARIABLE: Final = "GROUNDWORK_TEST_MANIFESTS"


@dataclass(frozen=True)
class InModule:
    """A folder of a Go module, and the texts that a release has in its place."""

    module: str
    path: str
    released: dict[str, str] = field(default_factory=dict)
    subcharts: dict[str, InModule] = field(default_factory=dict)

    def folder(self, sources: Sources) -> Path:
        """The folder; downloads the module. Raises `Unavailable`."""
        return sources.folder(self.module) / self.path

    def as_released(self, text: str) -> str:
        """The rendered text with what a release has."""
        for pattern, replacement in self.released.items():
            text = re.sub(pattern, replacement, text)
        return text


@dataclass(frozen=True)
class InRepository:
    """A checkout that `GROUNDWORK_TEST_MANIFESTS` has; `version` where it is not the pinned one."""

    repository: str
    version: str | None = None

    def folder(self, pinned: str) -> Path:
        """The root of the checkout. Raises `Unavailable`."""
        name = f"{self.repository}@{self.version or pinned}"
        given = os.environ.get(VARIABLE)
        if not given or not (root := Path(given, name)).is_dir():
            raise Unavailable(f"{VARIABLE} must name a folder that has {name}, since no module has its files")
        return root


@cache
def charts() -> dict[str, InModule]:
    """The sources of charts, by their keys."""
    return {key: _in_module(entry) for key, entry in _document()["charts"].items()}


@cache
def manifests() -> dict[str, InModule | InRepository]:
    """The sources of kustomize folders, by their keys."""
    return {
        key: _in_module(entry) if "module" in entry else InRepository(**entry)
        for key, entry in _document()["manifests"].items()
    }


@cache
def remotes() -> dict[str, str]:
    """Modules by the pattern of the address that a kustomize folder refers to."""
    return dict(_document()["remotes"])


def _in_module(entry: dict[str, Any]) -> InModule:
    subcharts = {key: _in_module(one) for key, one in entry.get("subcharts", {}).items()}
    return InModule(entry["module"], entry["path"], entry.get("released", {}), subcharts)


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = YAML(typ="safe", pure=True).load(FILE)
    return document
