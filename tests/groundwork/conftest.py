"""Fixtures: a project with one stack, a fake `pulumi` CLI, and both kinds of backup store."""

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
from groundwork.state.backup_store import BackupStore
from groundwork.state.open_store import open_store
from tests import s3
from tests.groundwork.samples import node

FAKE = Path(__file__).with_name("fake_pulumi.py")
SETTINGS = "encryptionsalt: v1:old\nconfig:\n  sample:token:\n    secure: v1:abc\n"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:xyz"}


def export(*names: str, **rest: Any) -> str:
    """The output of `pulumi stack export` for a stack of buckets with these names."""
    buckets = [node(name) for name in names]
    resources = [
        {"urn": bucket.urn, "type": bucket.type, "custom": True, "inputs": {"key": SECRET}} for bucket in buckets
    ]
    return json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": resources, **rest}})


@dataclass(frozen=True)
class Sample:
    """A project with the stack ``dev``, and the backend of the fake CLI."""

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
        """The calls of the CLI, in order."""
        file = self.backend / "calls"
        return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []

    def everything(self) -> dict[str, bytes]:
        """All files of project and backend, except the list of calls."""
        paths = [*self.project.root.iterdir(), *self.backend.iterdir()]
        return {str(path): path.read_bytes() for path in paths if path.is_file() and path.name != "calls"}


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
    """The endpoint of an S3 service in this process."""
    with s3.running() as endpoint:
        yield endpoint


@pytest.fixture
def s3_service(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The endpoint, with credentials in the environment and from nowhere else."""
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
def bucket(s3_service: str) -> str:
    """The URL of a backup store in a new bucket."""
    name = f"store-{secrets.token_hex(8)}"
    with closing(boto3.Session().client("s3", endpoint_url=s3_service, region_name="us-east-1")) as client:
        client.create_bucket(Bucket=name)
    return f"s3://{name}/backups?endpoint={s3_service}&region=us-east-1"


@pytest.fixture(params=["folder", "s3"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The location of a backup store; a test that uses it runs for both kinds."""
    if request.param == "s3":
        return str(request.getfixturevalue("bucket"))
    (tmp_path / "store").mkdir()
    return str(tmp_path / "store")


@pytest.fixture
def store(location: str) -> Iterator[BackupStore]:
    """An empty backup store; a test that uses it runs for both kinds."""
    with closing(open_store(location)) as opened:
        yield opened


@pytest.fixture
def folder_store(tmp_path: Path) -> Iterator[BackupStore]:
    """An empty backup store in a folder, whose files a test may change."""
    (tmp_path / "folder_store").mkdir()
    with closing(open_store(str(tmp_path / "folder_store"))) as opened:
        yield opened
