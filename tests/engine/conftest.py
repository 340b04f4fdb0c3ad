"""Fixtures: the Pulumi CLI in a copy of the project, and skips without the CLI or its plugins."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from groundwork.project import Project
from tests.conftest import ROOT
from tests.engine import language_host
from tests.stand_in.cloud import Cloud
from tests.stand_in.server import VARIABLE, serve

PLUGINS = ("gcp", "kubernetes")

# The engine writes the state once, at the end, instead of twice for each resource: 9 s for dev, instead of 32 s. What
# depends on the state during an update is tested with a smaller stack.
STATE_AT_THE_END = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}


def _missing_plugins() -> list[str]:
    """The plugins that are neither on PATH nor in the folder of the engine."""
    home = Path(os.environ.get("PULUMI_HOME", Path.home() / ".pulumi")) / "plugins"
    return [
        name
        for name in PLUGINS
        if shutil.which(f"pulumi-resource-{name}") is None and not list(home.glob(f"resource-{name}-v*"))
    ]


@pytest.fixture(autouse=True, scope="session")
def needs_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Use the CLI and the language host on PATH, or the built CLI and the language host of the tests; skip without."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as servers:
        if shutil.which("pulumi") is None:
            folder = tmp_path_factory.mktemp("cli")
            (folder / "pulumi").symlink_to(request.getfixturevalue("program_of")("pulumi"))
            patch.setenv("PATH", str(folder), prepend=os.pathsep)
        if shutil.which("pulumi-language-python") is None:
            patch.setenv(language_host.VARIABLE, servers.enter_context(language_host.serve()))
        yield


@pytest.fixture(scope="module", params=["stand-in", "plugins"])
def providers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run the tests with the stand-in, and again with the provider plugins where they are installed."""
    if request.param == "plugins":
        request.getfixturevalue("needs_plugins")
        yield
        return
    with pytest.MonkeyPatch.context() as patch, serve(Cloud()) as servers:
        patch.setenv(VARIABLE, servers)
        yield


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
