"""Buckets as folders in the namespaces of teams."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final

from pydantic import Field

from stacks.settings.core.types import Choice, Folder, Key, Section

INDEFINITELY: Final = -1  # as metadata_ttl_seconds
SYSTEM: Final = "system"  # as a pool: the CPU pool that every cluster has


class Profile(StrEnum):
    """The use of a mount, which decides its defaults."""

    TRAINING = "training"
    SERVING = "serving"
    CHECKPOINTING = "checkpointing"


class CacheMedium(StrEnum):
    """The medium of a pod's file cache."""

    MEMORY = "memory"
    LOCAL_SSD = "local-ssd"
    BOOT_DISK = "boot-disk"


class Mount(Section):
    """A bucket as a folder: a volume and a claim in a team's namespace, named by the key of the entry.

    It is in every cluster with a namespace of the team. Some defaults depend on the profile.
    """

    REMOVED: ClassVar[Mapping[str, str]] = {"cluster": "a mount is in every cluster of its team; remove the line"}
    DECIDES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "profile": ("stat_cache_mib", "read_only", "metadata_ttl_seconds"),
        "read_only": ("metadata_ttl_seconds",),
    }

    team: Key
    bucket: Key
    profile: Annotated[Profile, Choice] | None = Field(
        default=None, description="the use of the mount, which decides defaults"
    )
    read_only: bool = True
    only_dir: Folder | None = Field(default=None, description="mount this folder of the bucket only")
    metadata_ttl_seconds: Annotated[int, Field(ge=-1, le=31_536_000)] = Field(
        default=60,
        description="seconds for which names and sizes are cached; -1 caches them indefinitely, 0 disables the cache",
    )
    # The driver's own size: https://cloud.google.com/storage/docs/cloud-storage-fuse/cli-options
    stat_cache_mib: Annotated[int, Field(ge=1, le=65_536)] = Field(
        default=34, description="memory for sizes and times of files, about 600 files in each MiB"
    )
    file_cache_mib: Annotated[int, Field(ge=1, le=16_777_216)] | None = Field(
        default=None, description="size of the cache of file contents; null disables it"
    )
    largest_file_mib: Annotated[int, Field(ge=1, le=16_777_216)] | None = Field(
        default=None, description="size of the largest file, which must fit into the cache"
    )
    cache_medium: Annotated[CacheMedium, Choice] = Field(
        default=CacheMedium.BOOT_DISK, description="medium of the cache of file contents"
    )
    pool: Key | None = Field(
        default=None,
        description="the smallest GPU pool whose nodes use the mount, or system; required for a file cache",
    )

    @classmethod
    def with_defaults(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Add the defaults of the profile."""
        name = values.get("profile")
        if not isinstance(name, str) or name not in set(Profile):
            return values
        filled: dict[str, Any] = {**DEFAULTS[Profile(name)], **values}
        if filled.get("read_only", True) is True:
            # Data and models are written once; files that are written during the mount would change under the reader.
            filled.setdefault("metadata_ttl_seconds", INDEFINITELY)
        return filled


# After gcsfuse's own profiles (cfg/params.yaml of github.com/GoogleCloudPlatform/gcsfuse, 2026-08), with sizes in place
# of "unlimited": the memory of the driver's container is limited. 512 MiB suffice for about 300,000 files.
DEFAULTS: Final[Mapping[Profile, Mapping[str, object]]] = {
    Profile.TRAINING: {"stat_cache_mib": 512},
    Profile.SERVING: {},
    Profile.CHECKPOINTING: {"read_only": False},
}
