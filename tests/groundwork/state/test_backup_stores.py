"""Tests of both kinds of backup store."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest
from botocore.exceptions import ClientError

from groundwork import files
from groundwork.errors import UserError
from groundwork.state.backup_store import BackupStore
from groundwork.state.open_store import open_store
from groundwork.state.s3_store import S3Store

NAME = "sample/dev/20261121T043000Z/state.json"


def test_get_returns_the_bytes_of_put(store: BackupStore, location: str) -> None:
    """The same bytes, also after the store is opened again; None for a missing object."""
    data = bytes(range(256))

    store.put(NAME, data)

    with closing(open_store(location)) as again:
        assert again.get(NAME) == data
        assert again.get("sample/dev/other") is None
        assert again.get(f"{NAME}/below") is None
        assert again.location == location


def test_put_does_not_overwrite(store: BackupStore) -> None:
    """Other bytes under an existing name are refused and leave the object unchanged; the same bytes are accepted."""
    store.put(NAME, b"first")
    store.put(NAME, b"first")

    with pytest.raises(UserError, match="already exists with different contents; nothing was overwritten"):
        store.put(NAME, b"other")

    assert store.get(NAME) == b"first"
    assert store.list("sample/") == [NAME]


def test_list_has_the_names_below_a_prefix(store: BackupStore) -> None:
    """Sorted, and only those in the folder of the prefix."""
    names = ["sample/dev/b", "sample/dev/a/c", "sample/dev2/a", "other/dev/a"]
    for name in names:
        store.put(name, b"")

    assert store.list("sample/dev/") == ["sample/dev/a/c", "sample/dev/b"]
    assert store.list("nothing/") == []


def test_list_reads_all_pages(bucket: str) -> None:
    """The service returns names in pages, here of two."""
    names = [f"sample/{number}" for number in range(5)]
    with closing(open_store(bucket)) as store:
        assert isinstance(store, S3Store)
        store._client.meta.events.register(
            "before-parameter-build.s3.ListObjectsV2", lambda params, **_: params.update(MaxKeys=2)
        )
        for name in names:
            store.put(name, b"")

        assert store.list("sample/") == names


def test_prefixes_of_a_bucket_are_separate_stores(bucket: str) -> None:
    """Objects below one prefix are not in another, and the prefix is not part of a name."""
    with closing(open_store(bucket)) as store, closing(open_store(bucket.replace("/backups", "/other"))) as other:
        store.put(NAME, b"x")

        assert (store.list("sample/"), other.list("sample/")) == ([NAME], [])
    with closing(open_store(bucket.replace("/backups", ""))) as root:
        assert root.get(f"backups/{NAME}") == b"x"


def test_failed_write_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a partial nor a temporary file remains, and the list is empty."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with closing(open_store(str(tmp_path))) as store:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(UserError, match="No space left on device"):
            store.put("object", b"data")

    assert list(tmp_path.iterdir()) == []


def test_unfinished_files_are_not_listed(folder_store: BackupStore) -> None:
    """The temporary file of an interrupted write is not an object."""
    Path(folder_store.location, f"{files.UNFINISHED}0123").write_bytes(b"partial")
    folder_store.put("a/b", b"complete")
    Path(folder_store.location, "a", f"{files.UNFINISHED}4567").write_bytes(b"partial")

    assert folder_store.list("a/") == ["a/b"]


def test_object_names_cannot_leave_the_folder(folder_store: BackupStore) -> None:
    """A name with an empty or a relative part is refused."""
    for name in ("../outside", "/etc/passwd", "a//b", "."):
        with pytest.raises(ValueError, match="is not a valid object name"):
            folder_store.put(name, b"")


# A location with {} for the endpoint, changes of the environment, and the message.
BAD_LOCATIONS: dict[str, tuple[str, dict[str, str | None], str]] = {
    "empty": ("", {}, "the location of the backup store is empty"),
    "missing folder": ("nowhere/store", {}, "nowhere/store: no such folder"),
    "file": (__file__, {}, "no such folder"),
    "other scheme": ("ftp://host/store", {}, "ftp:// is not a supported backup store"),
    "file URL": ("file:///tmp", {}, "file:// is not a supported backup store"),
    "no bucket in the URL": ("s3:///prefix", {}, "'' is not a valid bucket name"),
    "capitals": ("s3://Store", {}, "'Store' is not a valid bucket name"),
    "port": ("s3://store:9000/x", {}, "'store:9000' is not a valid bucket name"),
    "invalid URL": ("s3://[store", {}, "is not a valid URL"),
    "unknown option": ("s3://store?endpiont={}", {}, "unknown option 'endpiont'"),
    "option without value": ("s3://store?region=", {}, "region= expects one value"),
    "option without =": ("s3://store?region", {}, "is not a valid URL"),
    "option twice": ("s3://store?region=a&region=b", {}, "region= expects one value"),
    "endpoint without scheme": ("s3://store?endpoint=127.0.0.1:9000", {}, "must start with http:// or https://"),
    "invalid endpoint": ("s3://store?endpoint=http://a b&region=x", {}, "Invalid endpoint"),
    "fragment": ("s3://store#x", {}, "#x is not allowed in the URL of a backup store"),
    "empty segment in the prefix": ("s3://store/a//b", {}, "the prefix has an empty segment"),
    "missing bucket": ("s3://nowhere?endpoint={}&region=us-east-1", {}, "no such bucket 'nowhere'"),
    "no credentials": (
        "s3://nowhere?endpoint={}&region=us-east-1",
        {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
        "no credentials for this backup store",
    ),
    "key without secret": (
        "s3://nowhere?endpoint={}&region=us-east-1",
        {"AWS_SECRET_ACCESS_KEY": None},
        "no credentials for this backup store",
    ),
    "missing profile": ("s3://nowhere?endpoint={}", {"AWS_PROFILE": "missing"}, "missing"),
    "no answer": ("s3://store?endpoint=http://127.0.0.1:1&region=us-east-1", {}, "no answer from the endpoint"),
}


@pytest.mark.parametrize("case", BAD_LOCATIONS)
def test_bad_location_is_one_line_with_a_hint(s3_service: str, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    """The message names the error; the hint gives the valid form or the next step."""
    location, changes, message = BAD_LOCATIONS[case]
    for name, value in changes.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)

    with pytest.raises(UserError) as caught:
        open_store(location.format(s3_service))

    assert message in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_misspelled_option_is_suggested() -> None:
    """The hint names the closest option."""
    with pytest.raises(UserError) as caught:
        open_store("s3://store?endpiont=https://s3.example.com")

    assert caught.value.hint == "did you mean endpoint?"


def test_access_denied_is_an_error_of_the_call(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that may only write can open a store; the first denied call is reported with the permissions."""
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "Forbidden"}}, "ListObjectsV2")
    forbidden = ClientError({"Error": {"Code": "403"}}, "HeadBucket")

    def refuse(error: ClientError) -> Callable[..., NoReturn]:
        def call(*_: object, **__: object) -> NoReturn:
            raise error

        return call

    with closing(open_store(bucket)) as store:
        assert isinstance(store, S3Store)
        monkeypatch.setattr(store._client, "head_bucket", refuse(forbidden))
        store._check_bucket()
        monkeypatch.setattr(store._client, "get_paginator", refuse(denied))
        with pytest.raises(UserError, match="access denied: ListObjectsV2: AccessDenied Forbidden") as caught:
            store.list("sample/")

    assert "s3:ListBucket" in caught.value.hint


def test_credentials_in_a_url_are_refused_and_not_repeated() -> None:
    """A key in the URL does not end up in a log."""
    with pytest.raises(UserError, match="credentials are not allowed in the URL") as caught:
        open_store("s3://AKIA1:hunter2@store/x")

    assert "hunter2" not in str((caught.value.message, caught.value.hint))


def test_read_only_folder_is_a_user_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without hard links gives the same error; no file remains."""

    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted", str(tmp_path / "object"))

    monkeypatch.setattr(os, "link", no_links)
    with (
        closing(open_store(str(tmp_path))) as store,
        pytest.raises(UserError, match="Operation not permitted") as caught,
    ):
        store.put("object", b"data")

    assert "hard links" in caught.value.hint
    assert list(tmp_path.iterdir()) == []
