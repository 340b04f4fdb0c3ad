"""`groundwork state` as a person or a script uses it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from groundwork.commands.state import state
from groundwork.engines import cli
from groundwork.errors import UserError
from tests.groundwork.state.conftest import Sample

MANIFEST = {"format", "project", "stack", "created", "groundwork", "pulumi", "resources", "files"}


def _run(sample: Sample, *arguments: str) -> Result:
    return CliRunner().invoke(state, arguments, obj=sample.project.root)


def _json(sample: Sample, *arguments: str) -> dict[str, Any]:
    done = _run(sample, *arguments, "--json")
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_a_stack_is_backed_up_verified_listed_and_restored(sample: Sample, location: str) -> None:
    """The four commands, for each kind of vault, with the JSON that they promise."""
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


def test_a_person_reads_what_was_done(sample: Sample, tmp_path: Path) -> None:
    """Each command names the backup and its size; a restore also what to do next and where the old state is."""
    (tmp_path / "vault").mkdir()
    vault = str(tmp_path / "vault")

    name = _run(sample, "backup", "--to", vault).stdout.partition(":")[0]

    assert _run(sample, "verify", "--from", vault).stdout == f"{name}: whole, 2 resources\n"
    assert _run(sample, "list", "--from", vault).stdout == f"dev  {name}  2 resources\n"
    text = _run(sample, "restore", "--from", vault, "--force").stdout
    assert f"{name}: 2 resources are in stack dev again" in text
    assert "the state that it replaced is kept in" in text
    assert "next: pulumi preview --expect-no-changes --stack dev" in text


def test_damage_is_a_finding(sample: Sample, tmp_path: Path) -> None:
    """`verify` exits 1, names the file and both checksums, and prints nothing else on standard output but JSON."""
    made = _json(sample, "backup", "--to", str(tmp_path))
    place = tmp_path / "sample" / "dev" / made["name"]
    (place / "state.json").write_bytes((place / "state.json").read_bytes().replace(b"bucket", b"bucker", 1))

    done = _run(sample, "verify", "--from", str(tmp_path))
    document = json.loads(_run(sample, "verify", "--from", str(tmp_path), "--json").stdout)

    expected = made["files"]["state.json"]["sha256"]
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"sample/dev/{made['name']}/state.json: its checksum differs: expected {expected}")
    assert [(problem["file"], problem["expected"]) for problem in document["problems"]] == [("state.json", expected)]
    assert _run(sample, "list", "--from", str(tmp_path)).exit_code == 0

    (place / "manifest.json").write_bytes(b"{}")
    listed = _run(sample, "list", "--from", str(tmp_path), "--json")
    verified = _run(sample, "verify", "--from", str(tmp_path), "--json")

    assert (listed.exit_code, verified.exit_code) == (1, 1)
    assert json.loads(listed.stdout)["backups"] == [
        {"stack": "dev", "name": made["name"], "created": None, "resources": None}
    ]
    assert set(json.loads(verified.stdout)) == {"name", "problems"}
    assert isinstance(_run(sample, "restore", "--from", str(tmp_path)).exception, UserError)


def test_an_empty_vault_lists_nothing(sample: Sample, tmp_path: Path) -> None:
    """Nothing is no damage; there is just nothing to verify."""
    (tmp_path / "vault").mkdir()
    vault = str(tmp_path / "vault")

    assert _json(sample, "list", "--from", vault) == {"backups": []}
    assert isinstance(_run(sample, "verify", "--from", vault).exception, UserError)


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
def test_bad_input_is_one_message(sample: Sample, arguments: tuple[str, ...]) -> None:
    """It is raised as what the command line turns into exit code 2; nothing is printed and nobody is asked."""
    done = _run(sample, *arguments)

    assert isinstance(done.exception, UserError)
    assert (done.stdout, sample.calls()) == ("", [])


def test_every_command_says_what_it_wants(sample: Sample) -> None:
    """A vault is never guessed."""
    for name, command in state.commands.items():
        assert isinstance(command, click.Command)
        assert "Missing option" in _run(sample, name).stderr


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        ("", ""),
        ("just a line\n", "just a line"),
        ("error: a\nWARN late\n", "a"),
        ("error: a\nerror: b\n  more of b\nWARN late\n  not of b\n", "b\n  more of b"),
        ("warning: w\nerror: 2 errors occurred:\n    1) x\n    2) y\n\n", "2 errors occurred:\n    1) x\n    2) y"),
    ],
)
def test_the_reason_is_the_last_error(stderr: str, reason: str) -> None:
    """With the lines that belong to it, and without what storage libraries say afterwards."""
    assert cli.reason_of(stderr) == reason
