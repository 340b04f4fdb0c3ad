"""Buckets, who may use them, and where they are mounted."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.settings.clusters import Choice
from stacks.settings.grants import AccessGrant
from stacks.settings.shapes import BucketLocation, BucketName, Folder, Key, Section


class DataClass(StrEnum):
    """What kind of data a bucket holds."""

    RAW = "raw"
    CURATED = "curated"
    FEATURES = "features"
    MODELS = "models"
    SCRATCH = "scratch"
    SENSITIVE = "sensitive"


class Bucket(Section):
    """One bucket. `team` and `data_class` become labels; the policy `labels` refuses a bucket that lacks one."""

    team: Key | None = Field(default=None, description="the team that owns the data")
    data_class: Annotated[DataClass, Choice] | None = Field(default=None, description="what kind of data lies here")
    location: BucketLocation
    existing_name: BucketName | None = Field(
        default=None, description="a bucket that another stack owns: only the grants are made here"
    )
    soft_delete_days: Annotated[int, Field(ge=7, le=90)] | None = Field(
        default=7, description="days in which a deleted object can be restored; null switches soft delete off"
    )
    noncurrent_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=30, description="days for which a replaced or deleted version of an object is kept"
    )
    expire_days: Annotated[int, Field(ge=1, le=3650)] | None = Field(
        default=None, description="days after which an object is deleted; null keeps it"
    )
    groups: dict[Key, AccessGrant] = Field(default_factory=dict, description="what people may do, by group")
    workloads: dict[Key, AccessGrant] = Field(
        default_factory=dict, description="what a team's jobs, notebooks and endpoints may do, by team"
    )


class Mount(Section):
    """A bucket as a folder: a volume and a claim in a team's namespace, named by the key of the entry."""

    cluster: Key
    team: Key
    bucket: Key
    read_only: bool = True
    only_dir: Folder | None = Field(default=None, description="mount this folder of the bucket only")
    metadata_ttl_seconds: Annotated[int, Field(ge=-1, le=31_536_000)] = Field(
        default=60, description="how long names and sizes are cached; -1 for ever, 0 not at all"
    )
    file_cache_mib: Annotated[int, Field(ge=1, le=16_777_216)] | None = Field(
        default=None, description="size of the cache of file contents; null caches none"
    )
