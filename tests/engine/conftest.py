"""Where the real engine is, and whether it can run here."""

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
    """The plugins that are neither on PATH nor in the engine's own folder."""
    home = Path(os.environ.get("PULUMI_HOME", Path.home() / ".pulumi")) / "plugins"
    return [
        name
        for name in PLUGINS
        if shutil.which(f"pulumi-resource-{name}") is None and not list(home.glob(f"resource-{name}-v*"))
    ]


@pytest.fixture(autouse=True)
def needs_engine() -> None:
    """Skip, saying why, where there is no engine or no plugin."""
    if shutil.which("pulumi") is None:
        pytest.skip("needs the Pulumi CLI: no pulumi on PATH")
    if missing := _missing_plugins():
        pytest.skip(f"needs the provider plugins {', '.join(missing)}: neither on PATH nor installed")


@dataclass(frozen=True)
class Engine:
    """The CLI in a copy of the project with a state of its own."""

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


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A copy of the project, a new local backend, and a token that opens nothing."""
    root, state = tmp_path / "project", tmp_path / "state"
    root.mkdir()
    state.mkdir()
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "__main__.py"):
        shutil.copy(ROOT / name, root / name)
    for name in (".venv", "components", "groundwork", "policy", "stacks"):
        (root / name).symlink_to(ROOT / name)
    environment = {
        **os.environ,
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "GOOGLE_OAUTH_ACCESS_TOKEN": "none",
    }
    return Engine(Project.at(root), environment)
