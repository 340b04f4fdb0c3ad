"""A project with one stack, a stand-in for the CLI, and both kinds of vault."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from groundwork.project import Project
from groundwork.state.backup_store import BackupStore, open_store
from tests import s3
from tests.groundwork.samples import node

FAKE = Path(__file__).with_name("fake_pulumi.py")
SETTINGS = "encryptionsalt: v1:old\nconfig:\n  sample:token:\n    secure: v1:abc\n"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:xyz"}


def export(*names: str, **rest: Any) -> str:
    """What `pulumi stack export` writes for a stack of buckets with these names."""
    nodes = [node(name) for name in names]
    resources = [{"urn": one.urn, "type": one.type, "custom": True, "inputs": {"key": SECRET}} for one in nodes]
    return json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": resources, **rest}})


@dataclass(frozen=True)
class Sample:
    """A project with the stack ``dev``, and the backend of the stand-in."""

    project: Project
    backend: Path

    @property
    def settings(self) -> Path:
        """The stack's settings file."""
        return self.project.root / "Pulumi.dev.yaml"

    @property
    def state(self) -> Path:
        """The stack's state in the backend."""
        return self.backend / "dev.json"

    def calls(self) -> list[str]:
        """What the CLI was asked, in order."""
        file = self.backend / "calls"
        return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []

    def everything(self) -> dict[str, bytes]:
        """All files of project and backend, except the list of calls."""
        found = [*self.project.root.iterdir(), *self.backend.iterdir()]
        return {str(file): file.read_bytes() for file in found if file.is_file() and file.name != "calls"}


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sample:
    """A stack with two resources and a secret."""
    root, backend, path = tmp_path / "project", tmp_path / "backend", tmp_path / "bin"
    for folder in (root, backend, path):
        folder.mkdir()
    (root / "Pulumi.yaml").write_text("name: sample\nruntime: python\n", encoding="utf-8")
    (root / "Pulumi.dev.yaml").write_text(SETTINGS, encoding="utf-8")
    (backend / "dev.json").write_text(export("a", "b"), encoding="utf-8")
    command = path / "pulumi"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -E "{FAKE}" "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_PULUMI", str(backend))
    return Sample(Project.at(root), backend)


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """An S3 store in this process."""
    with s3.running() as endpoint:
        yield endpoint


@pytest.fixture
def store(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The store's endpoint, with credentials in the environment, and none from elsewhere."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    return s3_endpoint


@pytest.fixture
def bucket(store: str) -> str:
    """The URL of a vault in an empty bucket of the test's own."""
    name = f"vault-{secrets.token_hex(8)}"
    with closing(boto3.Session().client("s3", endpoint_url=store, region_name="us-east-1")) as client:
        client.create_bucket(Bucket=name)
    return f"s3://{name}/escrow?endpoint={store}&region=us-east-1"


@pytest.fixture(params=["folder", "s3"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a vault is: a test that takes it runs for both kinds."""
    if request.param == "s3":
        return str(request.getfixturevalue("bucket"))
    (tmp_path / "vault").mkdir()
    return str(tmp_path / "vault")


@pytest.fixture
def vault(location: str) -> Iterator[BackupStore]:
    """An empty vault of each kind."""
    with closing(open_store(location)) as opened:
        yield opened


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[BackupStore]:
    """An empty vault in a folder, where a test may reach behind it."""
    (tmp_path / "shelf").mkdir()
    with closing(open_store(str(tmp_path / "shelf"))) as opened:
        yield opened
