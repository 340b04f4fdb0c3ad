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
    """Ages in days at which objects move to storage that is cheaper to keep and more expensive to read."""

    nearline_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(
        default=None, description="age for Nearline, for data that is read once a month"
    )
    coldline_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(
        default=None, description="age for Coldline, for data that is read once a quarter"
    )
    archive_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(
        default=None, description="age for Archive, for data that is read once a year"
    )


class ZoneCache(Section):
    """Anywhere Cache: a cache on SSDs in a zone for the reads of machines there; billed by its size."""

    # https://cloud.google.com/storage/docs/anywhere-cache: from an hour to seven days
    ttl_hours: Annotated[int, Field(ge=1, le=168)] = Field(
        default=24, description="hours after its last read for which an object is cached"
    )
    ingest_on_write: bool = Field(
        default=False, description="cache objects when they are written, before the first read"
    )


class Bucket(Section):
    """One bucket. `team` and `data_class` become labels; the policy `labels` refuses a bucket without them.

    Some defaults depend on the data class.
    """

    DECIDES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "data_class": ("noncurrent_days", "soft_delete_days", "versioning"),
        "hierarchical_namespace": ("versioning",),
        "retention_days": ("versioning",),
    }

    team: Key | None = Field(default=None, description="the team that owns the data")
    data_class: Annotated[DataClass, Choice] | None = Field(default=None, description="the class of the data")
    location: BucketLocation
    dual_regions: Annotated[list[BucketRegion], Field(min_length=2, max_length=2), Distinct()] | None = Field(
        default=None, description="two regions of location EU, US or ASIA, the only ones that store the data"
    )
    turbo_replication: bool = Field(
        default=False, description="replicate each object to both regions within 15 minutes"
    )
    existing_name: BucketName | None = Field(
        default=None, description="a bucket that another stack owns: this stack only grants access to it"
    )
    hierarchical_namespace: bool = Field(
        default=False, description="folders that can be renamed atomically; a change replaces the bucket"
    )
    versioning: bool = Field(default=True, description="retain replaced and deleted objects for noncurrent_days")
    soft_delete_days: Annotated[int, Field(ge=7, le=90)] | None = Field(
        default=7, description="days during which a deleted object can be restored; null disables soft delete"
    )
    noncurrent_days: Days = Field(
        default=30, description="days for which a replaced or deleted version of an object is retained"
    )
    expire_days: Days | None = Field(
        default=None, description="days after which an object is deleted; null disables expiry"
    )
    retention_days: Days | None = Field(
        default=None,
        description="minimum retention in days, during which an object cannot be deleted or replaced; null disables it",
    )
    retention_locked: bool = Field(
        default=False, description="lock the retention permanently: it can be lengthened but not shortened"
    )
    storage_classes: StorageClasses | None = Field(default=None, description="when objects move to cheaper storage")
    autoclass: bool = Field(
        default=False, description="move objects between storage classes automatically, depending on how they are read"
    )
    caches: dict[Zone, ZoneCache] = Field(default_factory=dict, description="caches, by zone")
    groups: dict[Key, AccessGrant] = Field(default_factory=dict, description="access of people, by group")
    workloads: dict[Key, AccessGrant] = Field(
        default_factory=dict, description="access of a team's jobs, notebooks and endpoints, by team"
    )

    @classmethod
    def with_defaults(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Add the defaults of the data class; a bucket that another stack owns has none."""
        return values if values.get("existing_name") is not None else class_defaults(values)
