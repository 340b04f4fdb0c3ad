"""Fixtures: the Pulumi CLI in a copy of the project, and skips without the CLI or its plugins."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from groundwork.project import Project
from tests.conftest import ROOT

PLUGINS = ("gcp", "kubernetes")


def _missing_plugins() -> list[str]:
    """The plugins that are neither on PATH nor in the folder of the engine."""
    home = Path(os.environ.get("PULUMI_HOME", Path.home() / ".pulumi")) / "plugins"
    return [
        name
        for name in PLUGINS
        if shutil.which(f"pulumi-resource-{name}") is None and not list(home.glob(f"resource-{name}-v*"))
    ]


@pytest.fixture(autouse=True, scope="session")
def needs_engine() -> None:
    """Skip without the CLI."""
    if shutil.which("pulumi") is None:
        pytest.skip("needs the Pulumi CLI: no pulumi on PATH")


@pytest.fixture(scope="session")
def needs_plugins() -> None:
    """Skip without the provider plugins, which tests on the stand-in do not need."""
    if missing := _missing_plugins():
        pytest.skip(f"needs the provider plugins {', '.join(missing)}: neither on PATH nor installed")


@pytest.fixture(scope="session")
def needs_kubernetes_plugin() -> None:
    """Skip without the kubernetes plugin, the only one of a local stack."""
    if "kubernetes" in _missing_plugins():
        pytest.skip("needs the provider plugin kubernetes: neither on PATH nor installed")


@dataclass(frozen=True)
class Engine:
    """The CLI in a copy of the project with a separate state."""

    project: Project
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``pulumi`` with these arguments."""
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.project.root,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )


def engine_in(folder: Path) -> Engine:
    """The engine with a copy of the project in an empty folder, a new local backend and an invalid token."""
    root, state = folder / "project", folder / "state"
    root.mkdir()
    state.mkdir()
    for file in (ROOT / "__main__.py", *ROOT.glob("Pulumi*.yaml")):
        shutil.copy(file, root / file.name)
    for name in (".venv", "components", "groundwork", "policy", "stacks", "usage"):
        (root / name).symlink_to(ROOT / name)
    return engine_of(folder)


def engine_of(folder: Path) -> Engine:
    """The engine of a folder that `engine_in` created, or of a copy of it."""
    environment = {
        **os.environ,
        "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "GOOGLE_OAUTH_ACCESS_TOKEN": "none",
    }
    return Engine(Project.at(folder / "project"), environment)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """The engine with a new copy of the project and a new backend."""
    return engine_in(tmp_path)
