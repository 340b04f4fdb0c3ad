"""State escrow with the real CLI, and a backend that loses its state."""

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
from groundwork.state import backup, restore, verify
from groundwork.state.backup_store import BackupStore, open_store
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
    """A stack that is deployed and backed up, in a backend that a test may break."""

    engine: Engine
    store: S3Client
    bucket: str
    vault: BackupStore

    @property
    def settings(self) -> Path:
        """The stack's settings file."""
        return self.engine.project.root / "Pulumi.dev.yaml"

    def write(self, key: str, data: bytes) -> None:
        """Put an object into the backend behind the CLI's back."""
        self.store.put_object(Bucket=self.bucket, Key=key, Body=data)

    def lose(self) -> None:
        """Delete the state from the backend: the stack is gone."""
        self.store.delete_object(Bucket=self.bucket, Key=STATE)

    def restore(self, *, force: bool = False) -> restore.Restored:
        """Restore the newest backup."""
        return restore.restore(self.engine.project, "dev", self.vault, None, MOMENT, force=force)

    def ask(self, *arguments: str) -> str:
        """What the CLI prints; it has to work."""
        done = self.engine.run(*arguments, "--stack", "dev")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def everything(self) -> dict[str, bytes]:
        """All files of the project and all objects of the backend."""
        found = {file.name: file.read_bytes() for file in self.engine.project.root.glob("Pulumi.*")}
        for entry in self.store.list_objects_v2(Bucket=self.bucket).get("Contents", []):
            found[entry["Key"]] = self.store.get_object(Bucket=self.bucket, Key=entry["Key"])["Body"].read()
        return found

    def is_as_it_was(self) -> bool:
        """Whether program and state agree, and both secrets can be read: the setting and the output."""
        self.ask("preview", "--expect-no-changes")
        return self.ask("config", "get", "token").strip() == "hunter2" == self.ask(
            "stack", "output", "token", "--show-secrets"
        ).strip()  # fmt: skip


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The endpoint of an S3 store in this process."""
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
    state, kept = f"state-{secrets.token_hex(8)}", f"vault-{secrets.token_hex(8)}"
    environment = {
        **engine.environment,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "PULUMI_BACKEND_URL": f"s3://{state}?endpoint={store}&s3ForcePathStyle=true&region=us-east-1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ours = Engine(Project.at(root), environment)
    with closing(boto3.Session().client("s3", endpoint_url=store, region_name="us-east-1")) as client:
        for bucket in (state, kept):
            client.create_bucket(Bucket=bucket)
        with closing(open_store(f"s3://{kept}/escrow?endpoint={store}&region=us-east-1")) as vault:
            made = Deployed(ours, client, state, vault)
            ours.run("stack", "init", "dev", "--no-select")
            made.ask("config", "set", "--secret", "token", "hunter2")
            made.ask("up", "--yes", "--skip-preview")
            backup.make(ours.project, "dev", vault, MOMENT)
            yield made


def test_a_lost_stack_comes_back(deployed: Deployed) -> None:
    """With its settings here or lost as well: no change is planned, and both secrets are readable."""
    settings = deployed.settings.read_bytes()
    checked = verify.check(deployed.vault, "sample", "dev", None)

    assert checked.problems == ()
    assert checked.manifest is not None
    assert checked.manifest.resources == 3
    assert b"hunter2" not in b"".join(checked.files.values())

    deployed.lose()
    assert "no stack named 'dev' found" in deployed.engine.run("stack", "export", "--stack", "dev").stderr
    assert deployed.restore().created_stack
    assert deployed.is_as_it_was()

    deployed.lose()
    deployed.settings.unlink()
    assert deployed.restore().wrote_settings
    assert deployed.is_as_it_was()
    assert settings == deployed.settings.read_bytes()


def test_a_state_in_use_is_kept_when_it_is_replaced(deployed: Deployed) -> None:
    """Refused without force; with it, what was replaced can be imported again."""
    program = deployed.engine.project.root / "__main__.py"
    program.write_text(PROGRAM + 'Thing("later")\n', encoding="utf-8")
    deployed.ask("up", "--yes", "--skip-preview")
    before = deployed.everything()

    with pytest.raises(UserError, match="not empty: its state holds 4 entries; nothing was changed"):
        deployed.restore()
    assert before == deployed.everything()

    copy = deployed.restore(force=True).safety_copy

    assert len(json.loads(deployed.ask("stack", "export"))["deployment"]["resources"]) == 3
    assert copy is not None
    deployed.ask("stack", "import", "--file", str(copy))
    assert deployed.is_as_it_was()


def test_what_the_cli_refuses_is_its_own_message(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong passphrase changes nothing, and a lock is named with its owner."""
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


def test_a_broken_state_is_neither_empty_nor_missing(deployed: Deployed) -> None:
    """What cannot be exported cannot be kept, so it is not replaced; moved away, it counts as lost."""
    deployed.write(STATE, b'{"version": 3, "checkpoint": {"sta')
    before = deployed.everything()

    with pytest.raises(UserError, match="the state as it is cannot be read"):
        deployed.restore(force=True)
    assert before == deployed.everything()

    deployed.lose()
    deployed.restore()
    assert deployed.is_as_it_was()


def test_making_a_stack_anew_keeps_settings_without_a_salt(deployed: Deployed) -> None:
    """The CLI writes a new salt into such a file; the restore puts it back as it was."""
    deployed.settings.write_text("# no salt\nconfig: {}\n", encoding="utf-8")
    backup.make(deployed.engine.project, "dev", deployed.vault, MOMENT.replace(hour=5))
    deployed.lose()

    deployed.restore()

    assert deployed.settings.read_text(encoding="utf-8") == "# no salt\nconfig: {}\n"
    assert deployed.ask("stack", "output", "token", "--show-secrets").strip() == "hunter2"
