"""Tests of `groundwork state`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from groundwork.commands.state import state
from groundwork.errors import UserError
from tests.groundwork.conftest import Sample, export

MANIFEST = {"format", "project", "stack", "created", "groundwork", "pulumi", "resources", "files"}


def _run(sample: Sample, *arguments: str) -> Result:
    return CliRunner().invoke(state, arguments, obj=sample.project.root)


def _json(sample: Sample, *arguments: str) -> dict[str, Any]:
    done = _run(sample, *arguments, "--json")
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_json_of_backup_verify_list_and_restore(sample: Sample, location: str) -> None:
    """Each command prints the keys of its contract, for each kind of store."""
    made = _json(sample, "backup", "--to", location)
    verified = _json(sample, "verify", "--from", location)
    listed = _json(sample, "list", "--from", location)
    sample.state.unlink()
    restored = _json(sample, "restore", "--from", location, "--backup", made["name"])

    assert set(made) == MANIFEST | {"name"}
    assert verified == {**made, "problems": []}
    assert listed == {"backups": [{key: made[key] for key in ("stack", "name", "created", "resources")}]}
    assert restored == {
        **made, "safety_copy": None, "created_stack": True, "wrote_settings": False, "dropped": [],
    }  # fmt: skip
    assert (made["project"], made["stack"], made["resources"]) == ("sample", "dev", 2)


def test_text_names_the_backup_and_its_size(sample: Sample, tmp_path: Path) -> None:
    """A restore also prints the next step and the file of the replaced state."""
    (tmp_path / "store").mkdir()
    store = str(tmp_path / "store")

    name = _run(sample, "backup", "--to", store).stdout.partition(":")[0]

    assert _run(sample, "verify", "--from", store).stdout == f"{name}: complete, 2 resources\n"
    assert _run(sample, "list", "--from", store).stdout == f"dev  {name}  2 resources\n"
    text = _run(sample, "restore", "--from", store, "--force").stdout
    assert f"{name}: restored 2 resources to stack dev" in text
    assert "the replaced state was exported to" in text
    assert "next: pulumi preview --expect-no-changes --stack dev" in text


def test_text_of_a_restore_of_everything(sample: Sample, tmp_path: Path) -> None:
    """A restore reports a created stack, restored settings and pending operations."""
    (tmp_path / "store").mkdir()
    store = str(tmp_path / "store")
    pending = [{"type": "creating", "resource": {"urn": "urn:pulumi:dev::sample::a:b:C::pending"}}]
    sample.state.write_text(export("a", pending_operations=pending), encoding="utf-8")
    _json(sample, "backup", "--to", store)
    sample.state.unlink()
    sample.settings.unlink()

    text = _run(sample, "restore", "--from", store).stdout

    assert "restored 1 resource to stack dev" in text
    assert "the stack was missing in the backend and was created" in text
    assert "Pulumi.dev.yaml was missing and was restored" in text
    assert "check the cloud for urn:pulumi:dev::sample::a:b:C::pending" in text
    assert "exported to" not in text


def test_damaged_backup_is_a_finding(sample: Sample, tmp_path: Path) -> None:
    """`verify` exits 1, names the file and both checksums, and prints nothing but JSON on standard output."""
    made = _json(sample, "backup", "--to", str(tmp_path))
    folder = tmp_path / "sample" / "dev" / made["name"]
    (folder / "state.json").write_bytes((folder / "state.json").read_bytes().replace(b"bucket", b"bucker", 1))

    done = _run(sample, "verify", "--from", str(tmp_path))
    document = json.loads(_run(sample, "verify", "--from", str(tmp_path), "--json").stdout)

    expected = made["files"]["state.json"]["sha256"]
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"sample/dev/{made['name']}/state.json: its checksum differs: expected {expected}")
    assert [(problem["file"], problem["expected"]) for problem in document["problems"]] == [("state.json", expected)]
    assert _run(sample, "list", "--from", str(tmp_path)).exit_code == 0

    (folder / "manifest.json").write_bytes(b"{}")
    listed = _run(sample, "list", "--from", str(tmp_path), "--json")
    verified = _run(sample, "verify", "--from", str(tmp_path), "--json")

    assert (listed.exit_code, verified.exit_code) == (1, 1)
    assert json.loads(listed.stdout)["backups"] == [
        {"stack": "dev", "name": made["name"], "created": None, "resources": None}
    ]
    assert set(json.loads(verified.stdout)) == {"name", "problems"}
    assert isinstance(_run(sample, "restore", "--from", str(tmp_path)).exception, UserError)


def test_empty_store_has_an_empty_list(sample: Sample, tmp_path: Path) -> None:
    """An empty store is not damaged, and has nothing to verify."""
    (tmp_path / "store").mkdir()
    store = str(tmp_path / "store")

    assert _json(sample, "list", "--from", store) == {"backups": []}
    assert "no complete backup of project sample" in _run(sample, "list", "--from", store).stderr
    assert isinstance(_run(sample, "verify", "--from", store).exception, UserError)


@pytest.mark.parametrize(
    "arguments",
    [
        ("backup", "--to", "nowhere"),
        ("backup", "--to", "nowhere", "-s", "prd"),
        ("verify", "--from", "nowhere"),
        ("restore", "--from", "s3://Nowhere"),
        ("list", "--from", "gs://nowhere"),
    ],
)
def test_bad_input_is_a_user_error(sample: Sample, arguments: tuple[str, ...]) -> None:
    """Nothing is printed on standard output, and the CLI is not called."""
    done = _run(sample, *arguments)

    assert isinstance(done.exception, UserError)
    assert (done.stdout, sample.calls()) == ("", [])


def test_store_is_a_required_option(sample: Sample) -> None:
    """No command has a default store."""
    for name, command in state.commands.items():
        assert isinstance(command, click.Command)
        assert "Missing option" in _run(sample, name).stderr
