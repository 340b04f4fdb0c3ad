"""Accounts that workloads act as, and the buckets that they use."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components._common import GrantArgs
from components.bucket import Bucket, BucketArgs, CacheArgs, PlacementArgs, RetentionArgs
from components.cluster import Cluster
from components.lake_connection import LakeConnection
from components.pipelines import NAMESPACE as PIPELINES_NAMESPACE
from components.pipelines import RUNNER
from components.project_services import ProjectServices
from components.shared_bucket import SharedBucket, SharedBucketArgs
from components.team_namespace import WORKLOAD
from components.workload_account import WorkloadAccount, WorkloadAccountArgs
from stacks import labels
from stacks.grants import of_people_and_workloads
from stacks.layers.encryption import Keys, Purpose
from stacks.settings import Settings
from stacks.settings.derived import team_data
from stacks.settings.facts.locations import kms_location
from stacks.settings.model.buckets import Bucket as BucketSettings
from stacks.settings.model.buckets import StorageClasses

PIPELINES = "pipelines"


def workloads(settings: Settings, google: gcp.Provider, clusters: dict[str, Cluster]) -> dict[str, WorkloadAccount]:
    """The account that each team's jobs act as, and the one that pipelines run as."""
    users = {key: (team.clusters[0], key, WORKLOAD) for key, team in settings.teams.items()}
    if settings.pipelines is not None:
        users[PIPELINES] = (settings.pipelines.cluster, PIPELINES_NAMESPACE, RUNNER)
    return {
        key: WorkloadAccount(
            f"workload-{key}",
            WorkloadAccountArgs(
                project=settings.projects.service,
                account_id=f"ml-{key}",
                workload_pool=clusters[cluster].workload_pool,
                namespace=namespace,
                kubernetes_account=account,
            ),
            pulumi.ResourceOptions(provider=google),
        )
        for key, (cluster, namespace, account) in users.items()
    }


def buckets(
    settings: Settings,
    google: gcp.Provider,
    workloads: dict[str, WorkloadAccount],
    keys: Keys,
    apis: ProjectServices,
    lakes: dict[str, LakeConnection],
) -> dict[str, pulumi.Input[str]]:
    """Buckets with the grants of people and of workloads, by key; the values are names in the cloud."""
    names: dict[str, pulumi.Input[str]] = {}
    for key, entry in settings.buckets.items():
        grants = _grants(settings, key, entry, workloads, lakes)
        if entry.existing_name is not None:
            SharedBucket(
                f"data-{key}",
                SharedBucketArgs(bucket_name=entry.existing_name, grants=grants),
                pulumi.ResourceOptions(provider=google),
            )
            names[key] = entry.existing_name
            continue
        bucket = Bucket(
            f"data-{key}",
            _bucket_args(settings, key, entry, grants, keys),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )
        names[key] = bucket.bucket.name
    return names


def _bucket_args(
    settings: Settings, key: str, entry: BucketSettings, grants: dict[str, GrantArgs], keys: Keys
) -> BucketArgs:
    place = kms_location(entry.location)  # None only without keys of one's own, which `bucket_checks` sees to
    return BucketArgs(
        bucket_name=f"{settings.projects.service}-{key}",
        project=settings.projects.service,
        placement=PlacementArgs(
            location=entry.location,
            dual_regions=entry.dual_regions,
            turbo_replication=entry.turbo_replication,
        ),
        retention=RetentionArgs(
            versioning=entry.versioning,
            soft_delete_days=entry.soft_delete_days,
            noncurrent_days=entry.noncurrent_days,
            expire_days=entry.expire_days,
            retention_days=entry.retention_days,
            retention_locked=entry.retention_locked,
            storage_classes={} if entry.storage_classes is None else _colder(entry.storage_classes),
            autoclass=entry.autoclass,
        ),
        hierarchical_namespace=entry.hierarchical_namespace,
        key=None if place is None else keys.of(Purpose.BUCKETS, place),
        labels=labels.bucket(settings, entry),
        caches={zone: CacheArgs(cache.ttl_hours, cache.ingest_on_write) for zone, cache in entry.caches.items()},
        grants=grants,
    )


def _colder(storage_classes: StorageClasses) -> dict[str, int]:
    """The age at which objects move, by the storage class that they move to."""
    days = {
        "NEARLINE": storage_classes.nearline_days,
        "COLDLINE": storage_classes.coldline_days,
        "ARCHIVE": storage_classes.archive_days,
    }
    return {name: age for name, age in days.items() if age is not None}


def _grants(
    settings: Settings,
    key: str,
    entry: BucketSettings,
    workloads: dict[str, WorkloadAccount],
    lakes: dict[str, LakeConnection],
) -> dict[str, GrantArgs]:
    """The grants on one bucket, by who has them."""
    people = team_data.people(settings.teams, key, entry)
    grants = of_people_and_workloads(settings, workloads, people, team_data.workloads(settings.teams, key, entry))
    if settings.pipelines is not None and settings.pipelines.bucket == key:
        grants[f"workload-{PIPELINES}"] = GrantArgs(workloads[PIPELINES].member, "write")
    for warehouse, lake in lakes.items():
        if settings.warehouses[warehouse].bucket == key:
            grants[f"warehouse-{warehouse}"] = GrantArgs(lake.member, "read")
    return grants
