"""A backup is whole or it is none, holds what the CLI exports, and is picked by age."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from groundwork.errors import UserError
from groundwork.state import backup, catalog, manifest, verify
from groundwork.state.backup_store import BackupStore
from tests.groundwork.state.conftest import Sample, export

MOMENT = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
NAME = "20261121T043000Z"
PLACE = f"sample/dev/{NAME}"


def test_a_backup_is_the_export_and_the_settings(sample: Sample, vault: BackupStore) -> None:
    """Three objects, byte for byte, and a manifest that describes the other two; nothing of the project changes."""
    before = sample.everything()

    name, made = backup.make(sample.project, "dev", vault, MOMENT)

    assert (name, vault.list("sample/")) == (
        NAME,
        [f"{PLACE}/Pulumi.dev.yaml", f"{PLACE}/manifest.json", f"{PLACE}/state.json"],
    )
    assert vault.get(f"{PLACE}/state.json") == sample.state.read_bytes()
    assert vault.get(f"{PLACE}/Pulumi.dev.yaml") == sample.settings.read_bytes()
    document = json.loads(vault.get(f"{PLACE}/manifest.json") or b"")
    assert {**made.to_json(), "sha256": document["sha256"]} == document
    assert {key: document[key] for key in ("format", "project", "stack", "created", "pulumi", "resources")} == {
        "format": 1,
        "project": "sample",
        "stack": "dev",
        "created": "2026-11-21T04:30:00Z",
        "pulumi": "v0.0.0-fake",
        "resources": 2,
    }
    assert before == sample.everything()


def test_secrets_are_never_asked_for(sample: Sample, shelf: BackupStore) -> None:
    """The CLI is told to export, and not to show; it is never left to ask a question."""
    backup.make(sample.project, "dev", shelf, MOMENT)

    assert "stack export --stack dev --non-interactive" in sample.calls()
    assert [call for call in sample.calls() if "--show-secrets" in call or "--non-interactive" not in call] == []


def test_names_sort_by_time_wherever_they_are_made() -> None:
    """A moment in any zone is named in UTC."""
    zone = timezone(timedelta(hours=5, minutes=30))

    assert catalog.name_at(datetime(2026, 11, 21, 10, 0, tzinfo=zone)) == NAME


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_backup_without_its_manifest_is_none(sample: Sample, shelf: BackupStore, kept: int) -> None:
    """Whatever was written before it stopped, the older backup stays the newest."""

    class Stopped(Exception):  # noqa: N818 - it stands for a machine that stops, not for an error
        pass

    class Stopping:
        location = "stopping"
        count = 0

        def put(self, name: str, data: bytes) -> None:
            if self.count == kept:
                raise Stopped
            self.count += 1
            shelf.put(name, data)

        get, list, close = shelf.get, shelf.list, shelf.close

    backup.make(sample.project, "dev", shelf, MOMENT)
    with pytest.raises(Stopped):
        backup.make(sample.project, "dev", Stopping(), MOMENT + timedelta(hours=1))

    assert len(shelf.list("sample/")) == 3 + kept
    assert catalog.finished(shelf, "sample") == {"dev": [NAME]}
    assert verify.check(shelf, "sample", "dev", None).name == NAME
    with pytest.raises(UserError, match="no finished backup sample/dev/20261121T053000Z"):
        verify.check(shelf, "sample", "dev", "20261121T053000Z")


def test_the_newest_is_picked(sample: Sample, vault: BackupStore) -> None:
    """By time, for one stack of one project, whatever else lies in the vault."""
    for hours in (1, 3, 2):
        backup.make(sample.project, "dev", vault, MOMENT + timedelta(hours=hours))
    for other in ("sample/dev2/20271121T043000Z", "sampler/dev/20271121T043000Z", "sample/dev/zzz"):
        vault.put(f"{other}/manifest.json", b"{}")

    assert verify.check(vault, "sample", "dev", None).name == "20261121T073000Z"
    assert verify.check(vault, "sample", "dev", "20261121T053000Z").name == "20261121T053000Z"


def test_a_second_backup_in_a_second_changes_nothing(sample: Sample, shelf: BackupStore) -> None:
    """Two states under one name would make neither of them whole."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    sample.state.write_text(export("a"), encoding="utf-8")

    with pytest.raises(UserError, match="is there already"):
        backup.make(sample.project, "dev", shelf, MOMENT)

    assert verify.check(shelf, "sample", "dev", None).problems == ()


def test_what_cannot_be_backed_up_is_one_message(
    sample: Sample, shelf: BackupStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No settings, no stack, an export of another stack, a failing CLI, none at all: nothing is in the vault."""
    with pytest.raises(UserError, match=r"Pulumi\.prod\.yaml: no such file"):
        backup.make(sample.project, "prod", shelf, MOMENT)
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_PULUMI_FAILS", "export")
        with pytest.raises(UserError) as caught:
            backup.make(sample.project, "dev", shelf, MOMENT)
        assert caught.value.message == (
            "pulumi stack export failed: cannot export\n  s3://bucket/locks/dev: created by ada@laptop (pid 7)"
        )
    sample.state.write_text(export("a").replace(":dev:", ":prod:"), encoding="utf-8")
    with pytest.raises(UserError, match="pulumi stack export: is an export of stack 'prod'"):
        backup.make(sample.project, "dev", shelf, MOMENT)
    sample.state.unlink()
    with pytest.raises(UserError, match="pulumi stack export failed: no stack named 'dev' found"):
        backup.make(sample.project, "dev", shelf, MOMENT)
    monkeypatch.setenv("PATH", str(sample.backend))
    with pytest.raises(UserError, match="there is no pulumi on PATH"):
        backup.make(sample.project, "dev", shelf, MOMENT)

    assert shelf.list("sample/") == []


FILES = ("state.json", "Pulumi.dev.yaml", "manifest.json")


@pytest.mark.parametrize("file", FILES)
def test_every_changed_byte_is_noticed(sample: Sample, shelf: BackupStore, file: str) -> None:
    """Wherever a byte changes, the file is named; but for the manifest's own form, with both checksums."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    path = Path(shelf.location, PLACE, file)
    whole = path.read_bytes()

    for index in range(len(whole)):
        path.write_bytes(whole[:index] + bytes([whole[index] ^ 1]) + whole[index + 1 :])
        problems = verify.check(shelf, "sample", "dev", NAME).problems

        assert [problem.file for problem in problems] == [file], index
        if file != manifest.FILE:
            assert problems[0].expected == manifest.Content.of(whole).sha256
            assert problems[0].found == manifest.Content.of(path.read_bytes()).sha256
            assert str(problems[0]) == (
                f"{file}: its checksum differs: expected {problems[0].expected}, found {problems[0].found}"
            )

    path.write_bytes(whole)
    assert verify.check(shelf, "sample", "dev", NAME).problems == ()


def test_a_changed_value_in_the_manifest_names_both_checksums(sample: Sample, shelf: BackupStore) -> None:
    """A manifest that is still JSON is judged by its own checksum."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    path = Path(shelf.location, PLACE, manifest.FILE)
    expected = json.loads(path.read_bytes())["sha256"]
    path.write_bytes(path.read_bytes().replace(b'"resources": 2', b'"resources": 3'))

    (problem,) = verify.check(shelf, "sample", "dev", NAME).problems

    assert (problem.file, problem.expected) == ("manifest.json", expected)
    assert problem.found not in (None, expected)


@pytest.mark.parametrize("file", FILES[:2])
def test_a_missing_or_shortened_file_is_named(sample: Sample, shelf: BackupStore, file: str) -> None:
    """A file that lost its end differs in size and in checksum."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    path = Path(shelf.location, PLACE, file)
    path.write_bytes(path.read_bytes()[:-1])

    shortened = verify.check(shelf, "sample", "dev", NAME).problems
    path.unlink()
    missing = verify.check(shelf, "sample", "dev", NAME).problems

    assert [problem.message for problem in shortened] == ["its size in bytes differs", "its checksum differs"]
    assert [str(problem) for problem in missing] == [f"{file}: is missing"]


# A change of the manifest's document, written with a checksum that is right, and what is found.
WRONG_MANIFESTS: dict[str, tuple[dict[str, Any], str]] = {
    "other count": ({"resources": 5}, "state.json: its number of resources differs: expected 5, found 2"),
    "other stack": ({"stack": "prod"}, "manifest.json: is of another stack: expected sample/dev, found sample/prod"),
    "other project": ({"project": "x"}, "manifest.json: is of another stack: expected sample/dev, found x/dev"),
    "no files": ({"files": {}}, "manifest.json: lists no state.json"),
    "files of another kind": ({"files": []}, "manifest.json: an entry is missing or of the wrong kind"),
    "no count": ({"resources": None}, "manifest.json: an entry is missing or of the wrong kind"),
}


@pytest.mark.parametrize("case", WRONG_MANIFESTS)
def test_a_manifest_that_does_not_fit_is_a_problem(sample: Sample, shelf: BackupStore, case: str) -> None:
    """A manifest with a right checksum still has to describe what lies beside it."""
    change, message = WRONG_MANIFESTS[case]
    _, made = backup.make(sample.project, "dev", shelf, MOMENT)
    path = Path(shelf.location, PLACE, manifest.FILE)
    path.write_bytes(manifest.render({**made.to_json(), **change}))

    problems = verify.check(shelf, "sample", "dev", NAME).problems

    assert str(problems[0]).startswith(message)


def test_a_state_that_no_longer_reads_is_a_problem(sample: Sample, shelf: BackupStore) -> None:
    """A right checksum of something that is no export is not enough."""
    _, made = backup.make(sample.project, "dev", shelf, MOMENT)
    place = Path(shelf.location, PLACE)
    (place / "state.json").write_bytes(b"[]")
    document = made.to_json()
    document["files"]["state.json"] = {"size": 2, "sha256": manifest.Content.of(b"[]").sha256}
    (place / manifest.FILE).write_bytes(manifest.render(document))

    (problem,) = verify.check(shelf, "sample", "dev", NAME).problems

    assert str(problem) == "state.json: deployment: is missing, so this is no stack export"


def test_a_later_format_is_not_guessed_at(sample: Sample, shelf: BackupStore) -> None:
    """The message says what can read it."""
    _, made = backup.make(sample.project, "dev", shelf, MOMENT)
    Path(shelf.location, PLACE, manifest.FILE).write_bytes(manifest.render({**made.to_json(), "format": 2}))

    with pytest.raises(UserError, match="format 2 is unknown; this version reads format 1"):
        verify.check(shelf, "sample", "dev", NAME)
