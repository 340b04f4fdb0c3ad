"""Accounts that workloads act as, the buckets that they use, and where those are mounted."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components._common import GrantArgs
from components.bucket import Bucket, BucketArgs
from components.bucket_mount import BucketMount, BucketMountArgs
from components.cluster import Cluster
from components.lake_connection import LakeConnection
from components.pipelines import NAMESPACE as PIPELINES_NAMESPACE
from components.pipelines import RUNNER
from components.project_services import ProjectServices
from components.shared_bucket import SharedBucket, SharedBucketArgs
from components.team_namespace import WORKLOAD, TeamNamespace
from components.workload_account import WorkloadAccount, WorkloadAccountArgs
from stacks import labels
from stacks.grants import of_people_and_workloads
from stacks.settings import Settings
from stacks.settings.data import Bucket as BucketSettings

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
            BucketArgs(
                bucket_name=f"{settings.projects.service}-{key}",
                project=settings.projects.service,
                location=entry.location,
                soft_delete_days=entry.soft_delete_days,
                noncurrent_days=entry.noncurrent_days,
                expire_days=entry.expire_days,
                labels=labels.bucket(settings, entry),
                grants=grants,
            ),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )
        names[key] = bucket.bucket.name
    return names


def _grants(
    settings: Settings,
    key: str,
    entry: BucketSettings,
    workloads: dict[str, WorkloadAccount],
    lakes: dict[str, LakeConnection],
) -> dict[str, GrantArgs]:
    """The grants on one bucket, by who has them."""
    grants = of_people_and_workloads(settings, workloads, entry.groups, entry.workloads)
    if settings.pipelines is not None and settings.pipelines.bucket == key:
        grants[f"workload-{PIPELINES}"] = GrantArgs(workloads[PIPELINES].member, "write")
    for warehouse, lake in lakes.items():
        if settings.warehouses[warehouse].bucket == key:
            grants[f"warehouse-{warehouse}"] = GrantArgs(lake.member, "read")
    return grants


def mounts(
    settings: Settings,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
    buckets: dict[str, pulumi.Input[str]],
) -> None:
    """Buckets as folders in the namespaces."""
    for key, entry in settings.mounts.items():
        BucketMount(
            f"mount-{key}",
            BucketMountArgs(
                claim_name=key,
                namespace=entry.team,
                bucket=buckets[entry.bucket],
                read_only=entry.read_only,
                only_dir=entry.only_dir,
                metadata_ttl_seconds=entry.metadata_ttl_seconds,
                file_cache_mib=entry.file_cache_mib,
                labels=labels.team(settings, entry.team),
            ),
            pulumi.ResourceOptions(
                provider=kubernetes[entry.cluster], depends_on=[namespaces[entry.cluster, entry.team]]
            ),
        )
