"""Backups of states with the Pulumi CLI, and a backend that loses its state."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from groundwork.errors import UserError
from groundwork.project import Project
from groundwork.state.backup import make_backup
from groundwork.state.backup_store import BackupStore
from groundwork.state.open_store import open_store
from groundwork.state.restore import RestoredBackup, restore_backup
from groundwork.state.verify import verify_backup
from tests import s3
from tests.conftest import ROOT
from tests.engine.conftest import Engine

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

PROGRAM = """
import pulumi


class Thing(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("sample:index:Thing", name, None, opts)
        self.register_outputs({})


Thing("inner", pulumi.ResourceOptions(parent=Thing("outer")))
pulumi.export("token", pulumi.Config().require_secret("token"))
"""
STATE = ".pulumi/stacks/sample/dev.json"
LOCK = ".pulumi/locks/organization/sample/dev/stale.json"
MOMENT = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Deployed:
    """A deployed stack with a backup, in a backend that a test may change."""

    engine: Engine
    store: S3Client
    bucket: str
    backups: BackupStore

    @property
    def settings(self) -> Path:
        """The stack's settings file."""
        return self.engine.project.root / "Pulumi.dev.yaml"

    def write(self, key: str, data: bytes) -> None:
        """Write an object to the backend without the CLI."""
        self.store.put_object(Bucket=self.bucket, Key=key, Body=data)

    def lose(self) -> None:
        """Delete the state from the backend."""
        self.store.delete_object(Bucket=self.bucket, Key=STATE)

    def restore(self, *, force: bool = False) -> RestoredBackup:
        """Restore the newest backup."""
        return restore_backup(self.engine.project, "dev", self.backups, None, MOMENT, force=force)

    def ask(self, *arguments: str) -> str:
        """The output of the CLI, which has to succeed."""
        done = self.engine.run(*arguments, "--stack", "dev")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def everything(self) -> dict[str, bytes]:
        """All files of the project and all objects of the backend."""
        contents = {file.name: file.read_bytes() for file in self.engine.project.root.glob("Pulumi.*")}
        for entry in self.store.list_objects_v2(Bucket=self.bucket).get("Contents", []):
            contents[entry["Key"]] = self.store.get_object(Bucket=self.bucket, Key=entry["Key"])["Body"].read()
        return contents

    def is_complete(self) -> bool:
        """Whether program and state agree, and both secrets are readable: the setting and the output."""
        self.ask("preview", "--expect-no-changes")
        return self.ask("config", "get", "token").strip() == "hunter2" == self.ask(
            "stack", "output", "token", "--show-secrets"
        ).strip()  # fmt: skip


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The endpoint of an S3 service in this process."""
    with s3.running() as endpoint:
        yield endpoint


@pytest.fixture
def deployed(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine) -> Iterator[Deployed]:
    """A program of two components and a secret, deployed with its state in one bucket and backed up to another."""
    root = tmp_path / "sample"
    root.mkdir()
    (root / "Pulumi.yaml").write_text(
        "name: sample\nruntime: {name: python, options: {toolchain: pip, virtualenv: .venv}}\n", encoding="utf-8"
    )
    (root / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (root / ".venv").symlink_to(ROOT / ".venv")
    state, store_bucket = f"state-{secrets.token_hex(8)}", f"backups-{secrets.token_hex(8)}"
    environment = {
        **engine.environment,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "PULUMI_BACKEND_URL": f"s3://{state}?endpoint={store}&s3ForcePathStyle=true&region=us-east-1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    sample = Engine(Project.at(root), environment)
    with closing(boto3.Session().client("s3", endpoint_url=store, region_name="us-east-1")) as client:
        for bucket in (state, store_bucket):
            client.create_bucket(Bucket=bucket)
        with closing(open_store(f"s3://{store_bucket}/backups?endpoint={store}&region=us-east-1")) as backups:
            made = Deployed(sample, client, state, backups)
            sample.run("stack", "init", "dev", "--no-select")
            made.ask("config", "set", "--secret", "token", "hunter2")
            made.ask("up", "--yes", "--skip-preview")
            make_backup(sample.project, "dev", backups, MOMENT)
            yield made


def test_lost_stack_is_restored(deployed: Deployed) -> None:
    """With and without its settings file: no change is planned, and both secrets are readable."""
    settings = deployed.settings.read_bytes()
    verified = verify_backup(deployed.backups, "sample", "dev", None)

    assert verified.problems == ()
    assert verified.manifest is not None
    assert verified.manifest.resources == 3
    assert b"hunter2" not in b"".join(verified.files.values())

    deployed.lose()
    assert "no stack named 'dev' found" in deployed.engine.run("stack", "export", "--stack", "dev").stderr
    assert deployed.restore().created_stack
    assert deployed.is_complete()

    deployed.lose()
    deployed.settings.unlink()
    assert deployed.restore().wrote_settings
    assert deployed.is_complete()
    assert settings == deployed.settings.read_bytes()


def test_replaced_state_is_exported(deployed: Deployed) -> None:
    """Without --force the restore is refused; with it, the replaced state can be imported again."""
    program = deployed.engine.project.root / "__main__.py"
    program.write_text(PROGRAM + 'Thing("later")\n', encoding="utf-8")
    deployed.ask("up", "--yes", "--skip-preview")
    before = deployed.everything()

    with pytest.raises(UserError, match="not empty: its state has 4 entries; nothing was changed"):
        deployed.restore()
    assert before == deployed.everything()

    copy = deployed.restore(force=True).safety_copy

    assert len(json.loads(deployed.ask("stack", "export"))["deployment"]["resources"]) == 3
    assert copy is not None
    deployed.ask("stack", "import", "--file", str(copy))
    assert deployed.is_complete()


def test_errors_of_the_cli_are_reported(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong passphrase changes nothing, and a lock is reported with its owner."""
    before = deployed.everything()
    deployed.lose()
    lost = deployed.everything()
    with monkeypatch.context() as patch:
        patch.setenv("PULUMI_CONFIG_PASSPHRASE", "wrong")
        with pytest.raises(UserError, match=r"pulumi stack init failed: .*incorrect passphrase"):
            deployed.restore()

    assert lost == deployed.everything()

    deployed.write(STATE, before[STATE])
    owner = {"pid": 7, "username": "ada", "hostname": "laptop", "timestamp": "2026-11-21T04:00:00Z"}
    deployed.write(LOCK, json.dumps(owner).encode())
    with pytest.raises(UserError, match="currently locked by 1 lock") as caught:
        deployed.restore(force=True)

    assert "created by ada@laptop (pid 7)" in caught.value.message
    assert "before-restore-20261121T043000Z.json" in caught.value.hint


def test_damaged_state_is_not_replaced(deployed: Deployed) -> None:
    """A state that cannot be exported is not replaced; moved away, the stack can be restored."""
    deployed.write(STATE, b'{"version": 3, "checkpoint": {"sta')
    before = deployed.everything()

    with pytest.raises(UserError, match="the current state cannot be exported"):
        deployed.restore(force=True)
    assert before == deployed.everything()

    deployed.lose()
    deployed.restore()
    assert deployed.is_complete()


def test_created_stack_does_not_change_settings_without_a_salt(deployed: Deployed) -> None:
    """The CLI writes a new salt into such a file; the restore undoes that."""
    deployed.settings.write_text("# no salt\nconfig: {}\n", encoding="utf-8")
    make_backup(deployed.engine.project, "dev", deployed.backups, MOMENT.replace(hour=5))
    deployed.lose()

    deployed.restore()

    assert deployed.settings.read_text(encoding="utf-8") == "# no salt\nconfig: {}\n"
    assert deployed.ask("stack", "output", "token", "--show-secrets").strip() == "hunter2"
