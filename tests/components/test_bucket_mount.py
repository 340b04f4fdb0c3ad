"""Tests of `components.bucket_mount`."""

from __future__ import annotations

import dataclasses
from typing import Any

import pulumi
import pulumi_gcp as gcp
import pytest

from components._common import Component
from components.bucket_mount import SIZE_GIB, BucketMount, BucketMountArgs, MountCachesArgs, Profile
from groundwork.graph import Placeholder
from tests.components.declare import declare, inputs
from tests.components.in_cluster import LABELS, Objects, in_cluster

CACHES = MountCachesArgs(metadata_ttl_seconds=600, stat_cache_mib=32, file_cache_mib=None)
MOUNT = BucketMountArgs(
    claim_name="raw",
    volume_name="raw.vision",
    namespace="vision",
    bucket="acme-raw",
    read_only=True,
    only_dir=None,
    profile=None,
    caches=CACHES,
    write_blocks=4,
    labels=LABELS,
)
NEVER_EXPIRES = dataclasses.replace(CACHES, metadata_ttl_seconds=-1)
FILE_CACHE = dataclasses.replace(CACHES, file_cache_mib=2048)


def _mount(**changes: Any) -> Objects:
    return in_cluster(BucketMount, dataclasses.replace(MOUNT, **changes))


def _options(**changes: Any) -> list[str]:
    options: list[str] = _mount(**changes).spec("volume")["mountOptions"]
    return options


def test_read_only_mount_is_a_volume_of_the_fuse_driver() -> None:
    """The driver mounts the bucket by name, and the file system itself refuses writes."""
    volume = _mount().spec("volume")

    assert volume["csi"] == {"driver": "gcsfuse.csi.storage.gke.io", "volumeHandle": "acme-raw", "readOnly": True}
    assert volume["accessModes"] == ["ReadOnlyMany"]


def test_writable_mount_is_shared_by_many_pods() -> None:
    """Without read_only, all pods of the claim may write."""
    mount = _mount(read_only=False)

    assert mount.spec("volume")["csi"]["readOnly"] is False
    assert mount.spec("volume")["accessModes"] == mount.spec("claim")["accessModes"] == ["ReadWriteMany"]


def test_volume_and_claim_name_each_other() -> None:
    """No other claim can bind the volume, and the claim never gets another volume."""
    mount = _mount()

    assert mount.roles == {"volume", "claim"}
    assert mount.metadata("volume") == {"name": "raw.vision", "labels": LABELS}
    assert mount.metadata("claim") == {"name": "raw", "namespace": "vision", "labels": LABELS}
    assert mount.spec("volume")["claimRef"] == {"name": "raw", "namespace": "vision"}
    assert mount.spec("claim")["volumeName"] == "raw.vision"


def test_volume_size_is_the_size_that_quotas_count() -> None:
    """Kubernetes requires a size; the storage quota of a namespace adds the same number of GiB for each mount."""
    mount = _mount()

    assert mount.spec("volume")["capacity"] == mount.spec("claim")["resources"]["requests"] == {"storage": "1Pi"}
    assert SIZE_GIB == 1024 * 1024


def test_mount_of_a_folder_has_a_handle_of_its_claim() -> None:
    """Two folders of one bucket would be one volume in a pod if their handles were equal."""
    mount = _mount(only_dir="images")

    assert mount.spec("volume")["csi"]["volumeHandle"] == "acme-raw:raw"
    assert "only-dir=images" in mount.spec("volume")["mountOptions"]
    assert not any(option.startswith("only-dir") for option in _options())


class _Bucket(Component):
    """A bucket, whose URL is unknown until it exists."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.bucket = gcp.storage.Bucket(f"{name}-bucket", location="europe-west4", opts=self.child())
        self.register_outputs({})


def test_bucket_name_may_be_an_output() -> None:
    """A bucket whose name is unknown gives a mount whose handle is unknown."""

    def program() -> None:
        bucket = _Bucket("bucket").bucket
        args = dataclasses.replace(MOUNT, bucket=bucket.url, only_dir="images")
        BucketMount("sample", args, pulumi.ResourceOptions())

    assert inputs(declare(program), "sample-volume")["spec"]["csi"]["volumeHandle"] is Placeholder.UNKNOWN


def test_mount_without_profile_sets_sizes_of_metadata_caches() -> None:
    """Folders without objects of their names are visible, and cache sizes do not depend on the machine."""
    assert _options() == [
        "implicit-dirs",
        "metadata-cache:ttl-secs:600",
        "metadata-cache:stat-cache-max-size-mb:32",
    ]


def test_writable_mount_streams_writes_through_bounded_buffers() -> None:
    """A file is uploaded while it is written, with at most so many buffers of 32 MiB."""
    assert _options(read_only=False)[3:] == ["write:enable-streaming-writes:true", "write:global-max-blocks:4"]


def test_file_cache_also_serves_random_reads() -> None:
    """Memory-mapped model files are read at random offsets."""
    assert _options(caches=FILE_CACHE)[3:] == [
        "file-cache:max-size-mb:2048",
        "file-cache:cache-file-for-range-read:true",
    ]


@pytest.mark.parametrize(
    ("profile", "changes", "expected"),
    [
        ("training", {}, ["metadata-cache:negative-ttl-secs:0", "read_ahead_kb=1024"]),
        (
            "serving",
            {},
            [
                "metadata-cache:negative-ttl-secs:0",
                "read_ahead_kb=131072",
                "file-system:kernel-list-cache-ttl-secs:-1",
            ],
        ),
        ("serving", {"read_only": False}, ["metadata-cache:negative-ttl-secs:0", "read_ahead_kb=131072"]),
        ("training", {"read_only": False}, ["metadata-cache:negative-ttl-secs:0", "read_ahead_kb=1024"]),
        (
            "checkpointing",
            {},
            [
                "metadata-cache:negative-ttl-secs:0",
                "read_ahead_kb=1024",
                "file-system:rename-dir-limit:200000",
            ],
        ),
    ],
)
def test_profile_adds_options_of_its_storage_class(
    profile: Profile, changes: dict[str, Any], expected: list[str]
) -> None:
    """The options of gcsfuse's profile follow those of every mount; lists are cached only where nothing writes."""
    assert _options(profile=profile, **changes) == [*_options(**changes), *expected]


@pytest.mark.parametrize(("profile", "parallel"), [("training", False), ("serving", True), ("checkpointing", True)])
def test_profile_with_large_files_fills_the_file_cache_in_parallel(profile: Profile, *, parallel: bool) -> None:
    """Parallel downloads need a file cache."""
    option = "file-cache:enable-parallel-downloads:true"

    assert (option in _options(profile=profile, caches=FILE_CACHE)) == parallel
    assert option not in _options(profile=profile)


@pytest.mark.parametrize(
    ("profile", "caches", "prefetched"),
    [
        ("training", NEVER_EXPIRES, True),
        ("serving", NEVER_EXPIRES, True),
        ("checkpointing", NEVER_EXPIRES, False),
        (None, NEVER_EXPIRES, False),
        ("training", CACHES, False),
        ("serving", dataclasses.replace(CACHES, metadata_ttl_seconds=1), False),
    ],
)
def test_metadata_is_prefetched_only_if_it_never_expires(
    profile: Profile | None, caches: MountCachesArgs, *, prefetched: bool
) -> None:
    """Prefetched metadata that expires would have been read in vain."""
    csi = _mount(profile=profile, caches=caches).spec("volume")["csi"]

    assert csi.get("volumeAttributes") == ({"gcsfuseMetadataPrefetchOnMount": "true"} if prefetched else None)
