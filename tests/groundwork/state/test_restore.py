"""Tests of restoring backups: everything is checked first, and nothing is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groundwork.errors import UserError
from groundwork.state.backup import make_backup
from groundwork.state.backup_store import BackupStore
from groundwork.state.restore import RestoredBackup, restore_backup
from tests.groundwork.conftest import SETTINGS, Sample, export

MOMENT = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
LATER = MOMENT + timedelta(days=1)
NAME = "20261121T043000Z"
CLOUD = "secretsprovider: gcpkms://a/b\nencryptedkey: k1\nconfig: {}\n"


def _restore(sample: Sample, store: BackupStore, name: str | None = None, *, force: bool = False) -> RestoredBackup:
    return restore_backup(sample.project, "dev", store, name, LATER, force=force)


def test_missing_stack_is_created_with_the_state_of_the_backup(sample: Sample, store: BackupStore) -> None:
    """The state is restored byte for byte, and the settings are unchanged."""
    make_backup(sample.project, "dev", store, MOMENT)
    before = sample.everything()
    sample.state.unlink()

    done = _restore(sample, store)

    assert before == sample.everything()
    assert done.to_json() == {"safety_copy": None, "created_stack": True, "wrote_settings": False, "dropped": []}
    assert [call for call in sample.calls() if "init" in call] == ["stack init dev --no-select --non-interactive"]


def test_missing_settings_are_restored(sample: Sample, folder_store: BackupStore) -> None:
    """The file is that of the backup, whatever the CLI writes into a new one."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    before = sample.everything()
    sample.state.unlink()
    sample.settings.unlink()

    done = _restore(sample, folder_store)

    assert before == sample.everything()
    assert done.wrote_settings


@pytest.mark.parametrize("settings", [CLOUD, "config: {}\n", SETTINGS])
def test_created_stack_does_not_change_the_settings(sample: Sample, folder_store: BackupStore, settings: str) -> None:
    """`stack init` writes a salt into a file without one; the restore undoes that."""
    sample.settings.write_text(settings, encoding="utf-8")
    make_backup(sample.project, "dev", folder_store, MOMENT)
    sample.state.unlink()

    _restore(sample, folder_store)

    assert sample.settings.read_text(encoding="utf-8") == settings
    assert ("--secrets-provider gcpkms://a/b" in "\n".join(sample.calls())) is (settings == CLOUD)


def test_failed_import_does_not_change_the_settings(
    sample: Sample, folder_store: BackupStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is that of the CLI; running the command again continues."""
    sample.settings.write_text("config: {}\n", encoding="utf-8")
    make_backup(sample.project, "dev", folder_store, MOMENT)
    before = sample.everything()
    sample.state.unlink()
    with monkeypatch.context() as patch:
        patch.setenv("FAKE_PULUMI_FAILS", "import")
        with pytest.raises(UserError, match="pulumi stack import failed: cannot import") as caught:
            _restore(sample, folder_store)

    assert "created by ada@laptop" in caught.value.message
    assert "run the same command again" in caught.value.hint
    assert sample.settings.read_text(encoding="utf-8") == "config: {}\n"

    _restore(sample, folder_store)

    assert before == sample.everything()


def test_state_that_is_not_empty_needs_force(sample: Sample, folder_store: BackupStore) -> None:
    """Without --force, nothing is changed; pending operations count as well."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    for state in (export("a"), export(pending_operations=[{"type": "creating"}])):
        sample.state.write_text(state, encoding="utf-8")
        before = sample.everything()

        with pytest.raises(UserError, match="not empty: its state has 1 entry; nothing was changed"):
            _restore(sample, folder_store)

        assert before == sample.everything()


def test_force_exports_the_replaced_state(sample: Sample, folder_store: BackupStore) -> None:
    """The export is in the project folder, under a name that is not a settings file."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    backed_up = sample.state.read_text(encoding="utf-8")
    sample.state.write_text(export("other"), encoding="utf-8")

    done = _restore(sample, folder_store, force=True)

    assert done.safety_copy == sample.project.root / "Pulumi.dev.before-restore-20261122T043000Z.json"
    assert done.safety_copy.read_text(encoding="utf-8") == export("other")
    assert sample.state.read_text(encoding="utf-8") == backed_up
    assert sample.project.stacks() == ["dev"]


def test_restore_needs_the_safety_copy(sample: Sample, folder_store: BackupStore) -> None:
    """If the copy cannot be written, the state is not replaced."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    existing = sample.project.root / "Pulumi.dev.before-restore-20261122T043000Z.json"
    existing.write_text("other contents", encoding="utf-8")
    before = sample.everything()

    with pytest.raises(UserError, match="cannot be written: File exists; the state was not changed"):
        _restore(sample, folder_store, force=True)

    assert before == sample.everything()


def test_failed_import_names_the_safety_copy(
    sample: Sample, folder_store: BackupStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint has the file of the old state."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    monkeypatch.setenv("FAKE_PULUMI_FAILS", "import")

    with pytest.raises(UserError) as caught:
        _restore(sample, folder_store, force=True)

    assert "Pulumi.dev.before-restore-20261122T043000Z.json" in caught.value.hint


@pytest.mark.parametrize("file", ["state.json", "Pulumi.dev.yaml", "manifest.json"])
def test_damaged_backup_is_not_restored(sample: Sample, folder_store: BackupStore, file: str) -> None:
    """A changed byte in any file stops the restore before any call of the CLI, also with --force."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    path = Path(folder_store.location, "sample/dev", NAME, file)
    path.write_bytes(path.read_bytes().replace(b"2", b"3", 1).replace(b"old", b"new", 1))
    calls, before = sample.calls(), sample.everything()

    with pytest.raises(UserError, match=f"is damaged; nothing was changed\n{file}: "):
        _restore(sample, folder_store, force=True)

    assert (calls, before) == (sample.calls(), sample.everything())


OTHER_KEYS = {
    "other salt": ("encryptionsalt: v1:other\n", ["v1:other", "v1:old"]),
    "no salt": ("config: {}\n", ["(none)", "v1:old"]),
    "other provider": (CLOUD, ["gcpkms://a/b", "k1", "v1:old", "(none)"]),
}


@pytest.mark.parametrize("case", OTHER_KEYS)
def test_settings_with_other_secrets_keys_stop_the_restore(
    sample: Sample, folder_store: BackupStore, case: str
) -> None:
    """The message has both values, and nothing is changed, also with --force."""
    text, values = OTHER_KEYS[case]
    make_backup(sample.project, "dev", folder_store, MOMENT)
    sample.state.unlink()
    sample.settings.write_text(text, encoding="utf-8")
    before = sample.everything()

    with pytest.raises(
        UserError, match=r"Pulumi\.dev\.yaml: its secrets keys differ from those of the backup"
    ) as caught:
        _restore(sample, folder_store, force=True)

    assert [value for value in values if value not in caught.value.message] == []
    assert before == sample.everything()


def test_other_settings_may_differ(sample: Sample, folder_store: BackupStore) -> None:
    """Only the secrets keys have to be equal; the project's file is not replaced."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    sample.state.unlink()
    sample.settings.write_text("encryptionsalt: v1:old\nconfig:\n  sample:more: 1\n", encoding="utf-8")

    _restore(sample, folder_store)

    assert "sample:more" in sample.settings.read_text(encoding="utf-8")


def test_empty_newest_backup_has_to_be_named(sample: Sample, folder_store: BackupStore) -> None:
    """The backup of a stack that was lost and created again is not restored by default."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    sample.state.write_text(export(), encoding="utf-8")
    make_backup(sample.project, "dev", folder_store, LATER)

    with pytest.raises(UserError, match="the newest backup, 20261122T043000Z, has no resources; nothing was changed"):
        _restore(sample, folder_store)

    assert _restore(sample, folder_store, NAME).manifest.resources == 2
    assert _restore(sample, folder_store, "20261122T043000Z", force=True).manifest.resources == 0


def test_pending_operations_are_reported(sample: Sample, folder_store: BackupStore) -> None:
    """An import leaves them out, so the user has to check the cloud."""
    urn = "urn:pulumi:dev::sample::a:b:C::orphan"
    pending = [{"type": "creating", "resource": {"urn": urn}}]
    sample.state.write_text(export("a", pending_operations=pending), encoding="utf-8")
    make_backup(sample.project, "dev", folder_store, MOMENT)
    sample.state.unlink()

    assert _restore(sample, folder_store).dropped == (urn,)


def test_unreadable_state_is_not_replaced(
    sample: Sample, folder_store: BackupStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed export does not count as a missing stack, also with --force."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    before = sample.everything()
    monkeypatch.setenv("FAKE_PULUMI_FAILS", "export")

    with pytest.raises(UserError, match=r"the current state cannot be exported; nothing was changed: .*cannot export"):
        _restore(sample, folder_store, force=True)

    assert before == sample.everything()


@pytest.mark.parametrize(
    ("stack", "name", "message"),
    [
        ("prod", None, "no complete backup of sample/prod"),
        ("dev", "20261121T043001Z", "no complete backup sample/dev/20261121T043001Z"),
        ("../dev", None, "is not a valid stack name"),
        ("--yes", None, "is not a valid stack name"),
    ],
)
def test_missing_backup_is_a_user_error(
    sample: Sample, folder_store: BackupStore, stack: str, name: str | None, message: str
) -> None:
    """The CLI is not called."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    calls = sample.calls()

    with pytest.raises(UserError, match=message):
        restore_backup(sample.project, stack, folder_store, name, LATER, force=True)

    assert calls == sample.calls()


def test_invalid_export_is_not_an_empty_state(sample: Sample, folder_store: BackupStore) -> None:
    """Other output of the CLI is an error."""
    make_backup(sample.project, "dev", folder_store, MOMENT)
    for text in ("", "[]", json.dumps({"version": 3})):
        sample.state.write_text(text, encoding="utf-8")

        with pytest.raises(UserError, match="is not a stack export; nothing was changed"):
            _restore(sample, folder_store, force=True)
