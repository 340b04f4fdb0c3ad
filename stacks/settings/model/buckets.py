"""Buckets and who may use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import BucketLocation, BucketName, BucketRegion, Choice, Key, Section, Zone
from stacks.settings.model.data_classes import DataClass, class_defaults
from stacks.settings.model.grants import AccessGrant

Days = Annotated[int, Field(ge=1, le=3650)]


class StorageClasses(Section):
    """Ages in days at which objects move to cheaper storage, which is dearer to read."""

    nearline_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(default=None, description="read once a month")
    coldline_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(default=None, description="read once a quarter")
    archive_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(default=None, description="read once a year")


class ZoneCache(Section):
    """A cache on SSDs in a zone, for what machines there read; billed by what it holds."""

    # https://cloud.google.com/storage/docs/anywhere-cache: from an hour to seven days
    ttl_hours: Annotated[int, Field(ge=1, le=168)] = Field(
        default=24, description="hours after the last read for which an object stays"
    )
    ingest_on_write: bool = Field(default=False, description="take in what is written, before anybody reads it")


class Bucket(Section):
    """One bucket. `team` and `data_class` become labels; the policy `labels` refuses a bucket that lacks one.

    What is left out follows the data class.
    """

    DECIDES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "data_class": ("noncurrent_days", "soft_delete_days", "versioning"),
        "hierarchical_namespace": ("versioning",),
        "retention_days": ("versioning",),
    }

    team: Key | None = Field(default=None, description="the team that owns the data")
    data_class: Annotated[DataClass, Choice] | None = Field(default=None, description="what kind of data lies here")
    location: BucketLocation
    dual_regions: Annotated[list[BucketRegion], Field(min_length=2, max_length=2), Distinct()] | None = Field(
        default=None, description="two regions of a location EU, US or ASIA, which alone hold the data"
    )
    turbo_replication: bool = Field(default=False, description="both regions have an object within 15 minutes")
    existing_name: BucketName | None = Field(
        default=None, description="a bucket that another stack owns: only the grants are made here"
    )
    hierarchical_namespace: bool = Field(
        default=False, description="real folders, renamed in one step; a change replaces the bucket"
    )
    versioning: bool = Field(default=True, description="keep what is replaced or deleted for noncurrent_days")
    soft_delete_days: Annotated[int, Field(ge=7, le=90)] | None = Field(
        default=7, description="days in which a deleted object can be restored; null switches soft delete off"
    )
    noncurrent_days: Days = Field(
        default=30, description="days for which a replaced or deleted version of an object is kept"
    )
    expire_days: Days | None = Field(default=None, description="days after which an object is deleted; null keeps it")
    retention_days: Days | None = Field(
        default=None, description="days in which nobody can delete or replace an object; null lets everybody who may"
    )
    retention_locked: bool = Field(default=False, description="nobody can ever shorten the retention again")
    storage_classes: StorageClasses | None = Field(default=None, description="when objects move to cheaper storage")
    autoclass: bool = Field(default=False, description="objects move to cheaper storage and back by how they are read")
    caches: dict[Zone, ZoneCache] = Field(default_factory=dict, description="caches, by zone")
    groups: dict[Key, AccessGrant] = Field(default_factory=dict, description="what people may do, by group")
    workloads: dict[Key, AccessGrant] = Field(
        default_factory=dict, description="what a team's jobs, notebooks and endpoints may do, by team"
    )

    @classmethod
    def with_defaults(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Add the defaults of the data class; a bucket that another stack owns has none."""
        return values if values.get("existing_name") is not None else class_defaults(values)
