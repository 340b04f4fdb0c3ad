"""A restore checks everything before it changes anything, and loses nothing that was there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groundwork.errors import UserError
from groundwork.state import backup, restore
from groundwork.state.backup_store import BackupStore
from tests.groundwork.state.conftest import SETTINGS, Sample, export

MOMENT = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
LATER = MOMENT + timedelta(days=1)
NAME = "20261121T043000Z"
CLOUD = "secretsprovider: gcpkms://a/b\nencryptedkey: k1\nconfig: {}\n"


def _restore(sample: Sample, vault: BackupStore, name: str | None = None, *, force: bool = False) -> restore.Restored:
    return restore.restore(sample.project, "dev", vault, name, LATER, force=force)


def test_a_lost_stack_comes_back(sample: Sample, vault: BackupStore) -> None:
    """The stack is made anew, gets the bytes of the backup, and its settings stay as they are."""
    backup.make(sample.project, "dev", vault, MOMENT)
    before = sample.everything()
    sample.state.unlink()

    done = _restore(sample, vault)

    assert before == sample.everything()
    assert done.to_json() == {"safety_copy": None, "created_stack": True, "wrote_settings": False, "dropped": []}
    assert [call for call in sample.calls() if "init" in call] == ["stack init dev --no-select --non-interactive"]


def test_lost_settings_come_back_with_the_stack(sample: Sample, shelf: BackupStore) -> None:
    """A settings file that is missing is the backup's, whatever the CLI writes into a new one."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    before = sample.everything()
    sample.state.unlink()
    sample.settings.unlink()

    done = _restore(sample, shelf)

    assert before == sample.everything()
    assert done.wrote_settings


@pytest.mark.parametrize("settings", [CLOUD, "config: {}\n", SETTINGS])
def test_making_the_stack_leaves_the_settings_alone(sample: Sample, shelf: BackupStore, settings: str) -> None:
    """`stack init` writes a salt where there is none; the file is put back, whether the import works or not."""
    sample.settings.write_text(settings, encoding="utf-8")
    backup.make(sample.project, "dev", shelf, MOMENT)
    sample.state.unlink()

    _restore(sample, shelf)

    assert sample.settings.read_text(encoding="utf-8") == settings
    assert ("--secrets-provider gcpkms://a/b" in "\n".join(sample.calls())) is (settings == CLOUD)


def test_settings_are_put_back_after_a_failed_import(
    sample: Sample, shelf: BackupStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is the CLI's own; running the command again goes on."""
    sample.settings.write_text("config: {}\n", encoding="utf-8")
    backup.make(sample.project, "dev", shelf, MOMENT)
    before = sample.everything()
    sample.state.unlink()
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_PULUMI_FAILS", "import")
        with pytest.raises(UserError, match="pulumi stack import failed: cannot import") as caught:
            _restore(sample, shelf)

    assert "created by ada@laptop" in caught.value.message
    assert "can be run again" in caught.value.hint
    assert sample.settings.read_text(encoding="utf-8") == "config: {}\n"

    _restore(sample, shelf)

    assert before == sample.everything()


def test_a_state_with_resources_is_not_replaced_unasked(sample: Sample, shelf: BackupStore) -> None:
    """Without --force, nothing is changed; operations under way are a content as well."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    for state in (export("a"), export(pending_operations=[{"type": "creating"}])):
        sample.state.write_text(state, encoding="utf-8")
        before = sample.everything()

        with pytest.raises(UserError, match="not empty: its state holds 1 entries; nothing was changed"):
            _restore(sample, shelf)

        assert before == sample.everything()


def test_force_keeps_what_it_replaces(sample: Sample, shelf: BackupStore) -> None:
    """The state that was there lies beside the settings, under a name that is no stack's settings file."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    kept = sample.state.read_text(encoding="utf-8")
    sample.state.write_text(export("other"), encoding="utf-8")

    done = _restore(sample, shelf, force=True)

    assert done.safety_copy == sample.project.root / "Pulumi.dev.before-restore-20261122T043000Z.json"
    assert done.safety_copy.read_text(encoding="utf-8") == export("other")
    assert sample.state.read_text(encoding="utf-8") == kept
    assert sample.project.stacks() == ["dev"]


def test_without_a_safety_copy_there_is_no_restore(sample: Sample, shelf: BackupStore) -> None:
    """Where the copy cannot be written, the state stays."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    taken = sample.project.root / "Pulumi.dev.before-restore-20261122T043000Z.json"
    taken.write_text("somebody's", encoding="utf-8")
    before = sample.everything()

    with pytest.raises(UserError, match="cannot be written: File exists; the state was not changed"):
        _restore(sample, shelf, force=True)

    assert before == sample.everything()


def test_a_failed_import_names_the_safety_copy(
    sample: Sample, shelf: BackupStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever replaces a state learns where the old one is, above all when it did not work."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    monkeypatch.setenv("FAKE_PULUMI_FAILS", "import")

    with pytest.raises(UserError) as caught:
        _restore(sample, shelf, force=True)

    assert "Pulumi.dev.before-restore-20261122T043000Z.json" in caught.value.hint


@pytest.mark.parametrize("file", ["state.json", "Pulumi.dev.yaml", "manifest.json"])
def test_a_damaged_backup_is_not_restored(sample: Sample, shelf: BackupStore, file: str) -> None:
    """A changed byte in any file stops it before the CLI is asked anything, --force or not."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    path = Path(shelf.location, "sample/dev", NAME, file)
    path.write_bytes(path.read_bytes().replace(b"2", b"3", 1).replace(b"old", b"new", 1))
    asked, before = sample.calls(), sample.everything()

    with pytest.raises(UserError, match=f"is damaged; nothing was changed\n{file}: "):
        _restore(sample, shelf, force=True)

    assert (asked, before) == (sample.calls(), sample.everything())


DIFFERENCES = {
    "another salt": ("encryptionsalt: v1:other\n", ["v1:other", "v1:old"]),
    "no salt": ("config: {}\n", ["(none)", "v1:old"]),
    "another provider": (CLOUD, ["gcpkms://a/b", "k1", "v1:old", "(none)"]),
}


@pytest.mark.parametrize("case", DIFFERENCES)
def test_settings_with_another_key_stop_the_restore(sample: Sample, shelf: BackupStore, case: str) -> None:
    """Both values are named, and nothing is changed, --force or not; without the file here, the backup's is taken."""
    text, values = DIFFERENCES[case]
    backup.make(sample.project, "dev", shelf, MOMENT)
    sample.state.unlink()
    sample.settings.write_text(text, encoding="utf-8")
    before = sample.everything()

    with pytest.raises(UserError, match=r"Pulumi\.dev\.yaml: opens secrets differently") as caught:
        _restore(sample, shelf, force=True)

    assert [value for value in values if value not in caught.value.message] == []
    assert before == sample.everything()


def test_other_settings_may_differ(sample: Sample, shelf: BackupStore) -> None:
    """Only what opens secrets has to be the same: the file here is the newer one."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    sample.state.unlink()
    sample.settings.write_text("encryptionsalt: v1:old\nconfig:\n  sample:more: 1\n", encoding="utf-8")

    _restore(sample, shelf)

    assert "sample:more" in sample.settings.read_text(encoding="utf-8")


def test_an_empty_newest_backup_is_not_taken_for_the_stack(sample: Sample, shelf: BackupStore) -> None:
    """A lost stack that was begun anew and backed up must be asked for by name."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    sample.state.write_text(export(), encoding="utf-8")
    backup.make(sample.project, "dev", shelf, LATER)

    with pytest.raises(UserError, match="the newest backup, 20261122T043000Z, holds no resource; nothing was changed"):
        _restore(sample, shelf)

    assert _restore(sample, shelf, NAME).manifest.resources == 2
    assert _restore(sample, shelf, "20261122T043000Z", force=True).manifest.resources == 0


def test_operations_under_way_are_named(sample: Sample, shelf: BackupStore) -> None:
    """An import leaves them out, so a person has to look for what they made."""
    urn = "urn:pulumi:dev::sample::a:b:C::orphan"
    pending = [{"type": "creating", "resource": {"urn": urn}}]
    sample.state.write_text(export("a", pending_operations=pending), encoding="utf-8")
    backup.make(sample.project, "dev", shelf, MOMENT)
    sample.state.unlink()

    assert _restore(sample, shelf).dropped == (urn,)


def test_a_state_that_cannot_be_read_is_not_replaced(
    sample: Sample, shelf: BackupStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be kept is not overwritten, --force or not: a failing backend is no missing stack."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    before = sample.everything()
    monkeypatch.setenv("FAKE_PULUMI_FAILS", "export")

    with pytest.raises(UserError, match=r"the state as it is cannot be read.*cannot export"):
        _restore(sample, shelf, force=True)

    assert before == sample.everything()


@pytest.mark.parametrize(
    ("stack", "name", "message"),
    [
        ("prod", None, "holds no finished backup of sample/prod"),
        ("dev", "20261121T043001Z", "holds no finished backup sample/dev/20261121T043001Z"),
        ("../dev", None, "is no name of a stack"),
        ("--yes", None, "is no name of a stack"),
    ],
)
def test_a_backup_that_is_not_there_is_one_message(
    sample: Sample, shelf: BackupStore, stack: str, name: str | None, message: str
) -> None:
    """Nothing is asked of the CLI for it."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    asked = sample.calls()

    with pytest.raises(UserError, match=message):
        restore.restore(sample.project, stack, shelf, name, LATER, force=True)

    assert asked == sample.calls()


def test_an_export_that_is_none_is_one_message(sample: Sample, shelf: BackupStore) -> None:
    """A CLI that answers something else does not count as an empty state."""
    backup.make(sample.project, "dev", shelf, MOMENT)
    for text in ("", "[]", json.dumps({"version": 3})):
        sample.state.write_text(text, encoding="utf-8")

        with pytest.raises(UserError, match="wrote no export; nothing was changed"):
            _restore(sample, shelf, force=True)
