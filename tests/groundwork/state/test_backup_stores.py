"""Vaults keep what they are given, whole, and change nothing that they hold."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from groundwork import files
from groundwork.errors import UserError
from groundwork.state.backup_store import BackupStore, open_store
from groundwork.state.s3 import S3Store

NAME = "sample/dev/20261121T043000Z/state.json"


def test_what_is_put_comes_back(vault: BackupStore, location: str) -> None:
    """The same bytes, also from a vault that is opened anew; what is not there is None."""
    data = bytes(range(256))

    vault.put(NAME, data)

    with closing(open_store(location)) as again:
        assert again.get(NAME) == data
        assert again.get("sample/dev/other") is None
        assert again.get(f"{NAME}/below") is None
        assert again.location == location


def test_nothing_is_overwritten(vault: BackupStore) -> None:
    """Other bytes under a taken name are refused and leave the object as it is; the same bytes again are no error."""
    vault.put(NAME, b"first")
    vault.put(NAME, b"first")

    with pytest.raises(UserError, match="is there already and holds something else"):
        vault.put(NAME, b"other")

    assert vault.get(NAME) == b"first"
    assert vault.list("sample/") == [NAME]


def test_names_are_listed_below_a_prefix(vault: BackupStore) -> None:
    """In their order, and only those of the folder that the prefix names."""
    names = ["sample/dev/b", "sample/dev/a/c", "sample/dev2/a", "other/dev/a"]
    for name in names:
        vault.put(name, b"")

    assert vault.list("sample/dev/") == ["sample/dev/a/c", "sample/dev/b"]
    assert vault.list("nothing/") == []


def test_more_than_a_page_is_listed(bucket: str) -> None:
    """A store answers with so many names at a time, here with two."""
    names = [f"sample/{number}" for number in range(5)]
    with closing(open_store(bucket)) as vault:
        assert isinstance(vault, S3Store)
        vault._client.meta.events.register(
            "before-parameter-build.s3.ListObjectsV2", lambda params, **_: params.update(MaxKeys=2)
        )
        for name in names:
            vault.put(name, b"")

        assert vault.list("sample/") == names


def test_two_prefixes_of_a_bucket_are_two_vaults(bucket: str) -> None:
    """What lies below one prefix is not seen from another, nor is the prefix a part of a name."""
    with closing(open_store(bucket)) as one, closing(open_store(bucket.replace("/escrow", "/elsewhere"))) as other:
        one.put(NAME, b"x")

        assert (one.list("sample/"), other.list("sample/")) == ([NAME], [])
    with closing(open_store(bucket.replace("/escrow", ""))) as whole:
        assert whole.get(f"escrow/{NAME}") == b"x"


def test_a_file_that_is_cut_short_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing stops half-way, there is no file, no rest of one, and nothing in the list."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with closing(open_store(str(tmp_path))) as vault:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(UserError, match="No space left on device"):
            vault.put("object", b"data")

    assert list(tmp_path.iterdir()) == []


def test_what_is_under_way_is_not_listed(shelf: BackupStore) -> None:
    """The rest of a write that the machine did not survive is no object."""
    Path(shelf.location, f"{files.UNFINISHED}0123").write_bytes(b"half")
    shelf.put("a/b", b"whole")
    Path(shelf.location, "a", f"{files.UNFINISHED}4567").write_bytes(b"half")

    assert shelf.list("a/") == ["a/b"]


def test_a_name_stays_in_the_vault(shelf: BackupStore) -> None:
    """No name leads out of the folder."""
    for name in ("../outside", "/etc/passwd", "a//b", "."):
        with pytest.raises(ValueError, match="is no name of an object"):
            shelf.put(name, b"")


def test_a_new_file_takes_nobodys_place(tmp_path: Path) -> None:
    """`write_new` leaves what is there alone, and no rest beside it."""
    file = tmp_path / "file"
    files.write_new(file, b"first")

    with pytest.raises(FileExistsError):
        files.write_new(file, b"other")

    assert [found.read_bytes() for found in tmp_path.iterdir()] == [b"first"]


def test_a_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    """`replace` puts new bytes in place of the old ones, for the same readers."""
    file = tmp_path / "file"
    file.write_bytes(b"first")
    file.chmod(0o640)

    files.replace(file, b"other")

    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"other", 0o640)
    assert list(tmp_path.iterdir()) == [file]


# A location with {} for the store, a change of the environment, and what is said.
BAD_LOCATIONS: dict[str, tuple[str, dict[str, str | None], str]] = {
    "empty": ("", {}, "no empty name"),
    "no folder": ("nowhere/vault", {}, "nowhere/vault: there is no such folder"),
    "a file": (__file__, {}, "there is no such folder"),
    "another scheme": ("ftp://host/vault", {}, "ftp://: is no kind of vault"),
    "a file URL": ("file:///tmp", {}, "file://: is no kind of vault"),
    "no bucket in the URL": ("s3:///prefix", {}, "'' is no name of a bucket"),
    "capitals": ("s3://Vault", {}, "'Vault' is no name of a bucket"),
    "a port": ("s3://vault:9000/x", {}, "'vault:9000' is no name of a bucket"),
    "a broken URL": ("s3://[vault", {}, "is no URL of a vault"),
    "unknown option": ("s3://vault?endpiont={}", {}, "unknown option 'endpiont'"),
    "option without value": ("s3://vault?region=", {}, "region= wants one value"),
    "option without =": ("s3://vault?region", {}, "is no URL of a vault"),
    "option twice": ("s3://vault?region=a&region=b", {}, "region= wants one value"),
    "endpoint without scheme": ("s3://vault?endpoint=127.0.0.1:9000", {}, "does not start with http:// or https://"),
    "endpoint that is none": ("s3://vault?endpoint=http://a b&region=x", {}, "Invalid endpoint"),
    "fragment": ("s3://vault#x", {}, "a vault has no #x"),
    "gap in the prefix": ("s3://vault/a//b", {}, "the prefix has an empty part"),
    "no such bucket": ("s3://nowhere?endpoint={}&region=us-east-1", {}, "there is no bucket 'nowhere'"),
    "no credentials": (
        "s3://nowhere?endpoint={}&region=us-east-1",
        {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
        "no credentials for this vault",
    ),
    "half of the credentials": (
        "s3://nowhere?endpoint={}&region=us-east-1",
        {"AWS_SECRET_ACCESS_KEY": None},
        "no credentials for this vault",
    ),
    "no such profile": ("s3://nowhere?endpoint={}", {"AWS_PROFILE": "nobody"}, "nobody"),
    "nobody answers": ("s3://vault?endpoint=http://127.0.0.1:1&region=us-east-1", {}, "the store does not answer"),
}


@pytest.mark.parametrize("case", BAD_LOCATIONS)
def test_a_bad_location_is_one_message(store: str, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    """What is wrong with it, and what a right one looks like or needs."""
    location, changes, message = BAD_LOCATIONS[case]
    for name, value in changes.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)

    with pytest.raises(UserError) as caught:
        open_store(location.format(store))

    assert message in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_credentials_in_a_url_are_refused_and_not_repeated() -> None:
    """A key that somebody put into the URL does not end up in a log."""
    with pytest.raises(UserError, match="carries no credentials") as caught:
        open_store("s3://AKIA1:hunter2@vault/x")

    assert "hunter2" not in str((caught.value.message, caught.value.hint))


def test_a_folder_that_may_not_be_written_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on a file system without hard links; nothing is left behind."""

    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted", str(tmp_path / "object"))

    monkeypatch.setattr(os, "link", no_links)
    with (
        closing(open_store(str(tmp_path))) as vault,
        pytest.raises(UserError, match="Operation not permitted") as caught,
    ):
        vault.put("object", b"data")

    assert "hard links" in caught.value.hint
    assert list(tmp_path.iterdir()) == []
