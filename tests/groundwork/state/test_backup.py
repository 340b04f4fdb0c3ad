"""Tests of making, choosing and verifying backups."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from groundwork.errors import UserError
from groundwork.state import catalog, manifest
from groundwork.state.backup import make_backup
from groundwork.state.backup_store import BackupStore
from groundwork.state.verify import verify_backup
from tests.groundwork.conftest import Sample, export

MOMENT = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
NAME = "20261121T043000Z"
FOLDER = f"sample/dev/{NAME}"


def test_backup_has_the_export_the_settings_and_a_manifest(sample: Sample, store: BackupStore) -> None:
    """Both files are copied byte for byte, and the project is not changed."""
    before = sample.everything()

    name, made = make_backup(sample.project, "dev", store, MOMENT)

    assert (name, store.list("sample/")) == (
        NAME,
        [f"{FOLDER}/Pulumi.dev.yaml", f"{FOLDER}/manifest.json", f"{FOLDER}/state.json"],
    )
    assert store.get(f"{FOLDER}/state.json") == sample.state.read_bytes()
    assert store.get(f"{FOLDER}/Pulumi.dev.yaml") == sample.settings.read_bytes()
    document = json.loads(store.get(f"{FOLDER}/manifest.json") or b"")
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


def test_backup_does_not_decrypt_secrets(sample: Sample, folder_store: BackupStore) -> None:
    """The CLI is called without `--show-secrets`, and never prompts."""
    make_backup(sample.project, "dev", folder_store, MOMENT)

    assert "stack export --stack dev --non-interactive" in sample.calls()
    assert [call for call in sample.calls() if "--show-secrets" in call or "--non-interactive" not in call] == []


def test_name_is_the_time_in_utc() -> None:
    """Names sort by time, whatever the local time zone."""
    zone = timezone(timedelta(hours=5, minutes=30))

    assert catalog.name_at(datetime(2026, 11, 21, 10, 0, tzinfo=zone)) == NAME


@pytest.mark.parametrize("written", [0, 1, 2])
def test_backup_without_a_manifest_is_not_listed(sample: Sample, folder_store: BackupStore, written: int) -> None:
    """However many files were written before an interruption, the older backup is the newest complete one."""

    class InterruptionError(Exception):
        pass

    class InterruptedStore:
        location = "interrupted"
        count = 0

        def put(self, name: str, data: bytes) -> None:
            if self.count == written:
                raise InterruptionError
            self.count += 1
            folder_store.put(name, data)

        get, list, close = folder_store.get, folder_store.list, folder_store.close

    make_backup(sample.project, "dev", folder_store, MOMENT)
    with pytest.raises(InterruptionError):
        make_backup(sample.project, "dev", InterruptedStore(), MOMENT + timedelta(hours=1))

    assert len(folder_store.list("sample/")) == 3 + written
    assert catalog.finished(folder_store, "sample") == {"dev": [NAME]}
    assert verify_backup(folder_store, "sample", "dev", None).name == NAME
    with pytest.raises(UserError, match="no complete backup sample/dev/20261121T053000Z"):
        verify_backup(folder_store, "sample", "dev", "20261121T053000Z")


def test_newest_backup_is_the_default(sample: Sample, store: BackupStore) -> None:
    """By time, of one stack of one project, whatever else is in the store."""
    for hours in (1, 3, 2):
        make_backup(sample.project, "dev", store, MOMENT + timedelta(hours=hours))
    for other in ("sample/dev2/20271121T043000Z", "sampler/dev/20271121T043000Z", "sample/dev/zzz"):
        store.put(f"{other}/manifest.json", b"{}")

    assert verify_backup(store, "sample", "dev", None).name == "20261121T073000Z"
    assert verify_backup(store, "sample", "dev", "20261121T053000Z").name == "20261121T053000Z"


def test_second_backup_in_the_same_second_is_refused(sample: Sample, folder_store: BackupStore) -> None:
    """The first backup stays complete."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    sample.state.write_text(export("a"), encoding="utf-8")

    with pytest.raises(UserError, match="already exists with different contents"):
        make_backup(sample.project, "dev", folder_store, MOMENT)

    assert verify_backup(folder_store, "sample", "dev", None).problems == ()


def test_failed_backup_is_a_user_error(
    sample: Sample, folder_store: BackupStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without settings, stack or CLI, with a failing CLI or the export of another stack, nothing is stored."""
    with pytest.raises(UserError, match=r"Pulumi\.prod\.yaml: no such file"):
        make_backup(sample.project, "prod", folder_store, MOMENT)
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_PULUMI_FAILS", "export")
        with pytest.raises(UserError) as caught:
            make_backup(sample.project, "dev", folder_store, MOMENT)
        assert caught.value.message == (
            "pulumi stack export failed: cannot export\n  s3://bucket/locks/dev: created by ada@laptop (pid 7)"
        )
    sample.state.write_text(export("a").replace(":dev:", ":prod:"), encoding="utf-8")
    with pytest.raises(UserError, match="pulumi stack export: is an export of stack 'prod'"):
        make_backup(sample.project, "dev", folder_store, MOMENT)
    sample.state.unlink()
    with pytest.raises(UserError, match="pulumi stack export failed: no stack named 'dev' found"):
        make_backup(sample.project, "dev", folder_store, MOMENT)
    monkeypatch.setenv("PATH", str(sample.backend))
    with pytest.raises(UserError, match="pulumi is not on PATH"):
        make_backup(sample.project, "dev", folder_store, MOMENT)

    assert folder_store.list("sample/") == []


FILES = ("state.json", "Pulumi.dev.yaml", "manifest.json")


@pytest.mark.parametrize("file", FILES)
def test_every_changed_byte_is_detected(sample: Sample, folder_store: BackupStore, file: str) -> None:
    """The problem names the file and, unless it is the manifest, both checksums."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    path = Path(folder_store.location, FOLDER, file)
    complete = path.read_bytes()

    for index in range(len(complete)):
        path.write_bytes(complete[:index] + bytes([complete[index] ^ 1]) + complete[index + 1 :])
        problems = verify_backup(folder_store, "sample", "dev", NAME).problems

        assert [problem.file for problem in problems] == [file], index
        if file != manifest.FILE:
            assert problems[0].expected == manifest.FileDigest.of(complete).sha256
            assert problems[0].found == manifest.FileDigest.of(path.read_bytes()).sha256
            assert str(problems[0]) == (
                f"{file}: its checksum differs: expected {problems[0].expected}, found {problems[0].found}"
            )

    path.write_bytes(complete)
    assert verify_backup(folder_store, "sample", "dev", NAME).problems == ()


def test_changed_value_in_the_manifest_is_reported_with_both_checksums(
    sample: Sample, folder_store: BackupStore
) -> None:
    """A manifest that is valid JSON is compared with its own checksum."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    path = Path(folder_store.location, FOLDER, manifest.FILE)
    expected = json.loads(path.read_bytes())["sha256"]
    path.write_bytes(path.read_bytes().replace(b'"resources": 2', b'"resources": 3'))

    (problem,) = verify_backup(folder_store, "sample", "dev", NAME).problems

    assert (problem.file, problem.expected) == ("manifest.json", expected)
    assert problem.found not in (None, expected)


@pytest.mark.parametrize("file", FILES[:2])
def test_missing_or_truncated_file_is_reported(sample: Sample, folder_store: BackupStore, file: str) -> None:
    """A truncated file differs in size and in checksum."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    path = Path(folder_store.location, FOLDER, file)
    path.write_bytes(path.read_bytes()[:-1])

    truncated = verify_backup(folder_store, "sample", "dev", NAME).problems
    path.unlink()
    missing = verify_backup(folder_store, "sample", "dev", NAME).problems

    assert [problem.message for problem in truncated] == ["its size in bytes differs", "its checksum differs"]
    assert [str(problem) for problem in missing] == [f"{file}: is missing"]


# Changes of the manifest, written with a valid checksum, and the problems.
INVALID_MANIFESTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "other count": ({"resources": 5}, ["state.json: its number of resources differs: expected 5, found 2"]),
    "other stack": (
        {"stack": "prod"},
        [
            "manifest.json: is of another stack: expected sample/dev, found sample/prod",
            "manifest.json: does not list Pulumi.prod.yaml",
        ],
    ),
    "other project": ({"project": "x"}, ["manifest.json: is of another stack: expected sample/dev, found x/dev"]),
    "no files": (
        {"files": {}},
        ["manifest.json: does not list state.json", "manifest.json: does not list Pulumi.dev.yaml"],
    ),
    "several invalid values": (
        {"files": {"state.json": {"size": -1}}, "resources": None, "project": 7},
        [
            "manifest.json: project: expected text, found 7",
            "manifest.json: resources: expected a whole number, found nothing",
            "manifest.json: files.state.json.size: -1 is out of range",
            "manifest.json: files.state.json.sha256: is missing",
        ],
    ),
    "files as a list": ({"files": []}, ["manifest.json: files: expected a map of keys, found a list"]),
}


@pytest.mark.parametrize("case", INVALID_MANIFESTS)
def test_invalid_manifest_is_reported_with_all_problems(sample: Sample, folder_store: BackupStore, case: str) -> None:
    """A manifest with a valid checksum still has to be valid and to describe its backup."""
    change, messages = INVALID_MANIFESTS[case]
    _, made = make_backup(sample.project, "dev", folder_store, MOMENT)
    path = Path(folder_store.location, FOLDER, manifest.FILE)
    path.write_bytes(manifest.with_checksum({**made.to_json(), **change}))

    problems = verify_backup(folder_store, "sample", "dev", NAME).problems

    assert [str(problem) for problem in problems] == messages


def test_manifest_with_keys_of_a_later_version_is_valid(sample: Sample, folder_store: BackupStore) -> None:
    """Within one format number, later versions may add keys, also to a file."""
    _, made = make_backup(sample.project, "dev", folder_store, MOMENT)
    document = {**made.to_json(), "host": "laptop"}
    document["files"]["state.json"]["mode"] = "0644"
    Path(folder_store.location, FOLDER, manifest.FILE).write_bytes(manifest.with_checksum(document))

    assert verify_backup(folder_store, "sample", "dev", NAME).problems == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "manifest.json: is not valid JSON: "),
        (b"\xff", "manifest.json: is not text in UTF-8"),
        (b"[]", "manifest.json: sha256: is missing"),
        (b'{"sha256": 1}', "manifest.json: sha256: is missing"),
    ],
)
def test_manifest_without_a_checksum_is_damaged(data: bytes, message: str) -> None:
    """A damaged manifest may be any bytes."""
    with pytest.raises(manifest.DamagedError) as caught:
        manifest.parse(data)

    assert str(caught.value).startswith(message)


def test_state_that_is_not_an_export_is_reported(sample: Sample, folder_store: BackupStore) -> None:
    """A matching checksum is not enough."""
    _, made = make_backup(sample.project, "dev", folder_store, MOMENT)
    folder = Path(folder_store.location, FOLDER)
    (folder / "state.json").write_bytes(b"[]")
    document = made.to_json()
    document["files"]["state.json"] = {"size": 2, "sha256": manifest.FileDigest.of(b"[]").sha256}
    (folder / manifest.FILE).write_bytes(manifest.with_checksum(document))

    (problem,) = verify_backup(folder_store, "sample", "dev", NAME).problems

    assert str(problem) == "state.json: deployment: is missing, so this is not a stack export"


def test_unknown_format_is_a_user_error(sample: Sample, folder_store: BackupStore) -> None:
    """The message has the format that this version reads."""
    _, made = make_backup(sample.project, "dev", folder_store, MOMENT)
    Path(folder_store.location, FOLDER, manifest.FILE).write_bytes(
        manifest.with_checksum({**made.to_json(), "format": 2})
    )

    with pytest.raises(UserError, match="format 2 is unknown; this version reads format 1"):
        verify_backup(folder_store, "sample", "dev", NAME)
