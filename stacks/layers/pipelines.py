"""Kubeflow Pipelines and the database of its state."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s
import pulumi_random as random

from components._manifest_changes import merged
from components.database import Database, DatabaseArgs, DatabaseMachineArgs
from components.kubeflow import Kubeflow
from components.network import SharedVpc
from components.pipelines import Pipelines, PipelinesArgs, PipelinesState
from components.workload_account import WorkloadAccount
from stacks import labels, providers
from stacks.layers import folders
from stacks.layers.encryption import Keys, Purpose
from stacks.layers.workloads import PIPELINES
from stacks.settings import Settings
from stacks.settings.facts.versions import Versions
from stacks.settings.model.pipelines import Pipelines as PipelinesSettings


def pipelines(
    settings: Settings,
    *,
    versions: Versions,
    google: gcp.Provider,
    vpc: SharedVpc,
    keys: Keys,
    accounts: dict[str, WorkloadAccount],
    buckets: dict[str, pulumi.Input[str]],
    kubernetes: dict[str, k8s.Provider],
    kubeflow: dict[str, Kubeflow],
) -> None:
    """Pipelines in their cluster, after the operators and the account of their runs; nothing without the section."""
    entry = settings.pipelines
    if entry is None:
        return
    passwords = providers.passwords()
    database = _database(settings, entry, google, passwords, vpc, keys)
    state = PipelinesState(
        account=accounts[PIPELINES].email,
        bucket=buckets[entry.bucket],
        database_address=database.address,
        database_user=PIPELINES,
        database_password=database.password,
    )
    directories = {part: pin.directory for part, pin in versions.pipelines_folders.items()}
    described = merged(folders.changes(pin) for pin in versions.pipelines_folders.values())
    Pipelines(
        PIPELINES,
        PipelinesArgs(directories=directories, state=state, changes=described),
        pulumi.ResourceOptions(
            providers=[kubernetes[entry.cluster], passwords], depends_on=[kubeflow[entry.cluster], accounts[PIPELINES]]
        ),
    )


def _database(
    settings: Settings,
    entry: PipelinesSettings,
    google: gcp.Provider,
    passwords: random.Provider,
    vpc: SharedVpc,
    keys: Keys,
) -> Database:
    """The database, after the peering that provides its address."""
    region = settings.clusters[entry.cluster].region
    return Database(
        "pipelines-database",
        DatabaseArgs(
            instance_name=PIPELINES,
            project=settings.projects.service,
            region=region,
            key=keys.of(Purpose.DATABASES, region),
            machine=DatabaseMachineArgs(
                tier=entry.database.tier,
                disk_gb=entry.database.disk_gb,
                regional=entry.database.regional,
                retained_backups=entry.database.retained_backups,
            ),
            network=vpc.network.id,
            databases=["mlpipeline", "metadb"],
            user=PIPELINES,
            deletion_protection=entry.database.deletion_protection,
            labels=labels.shared(settings),
        ),
        pulumi.ResourceOptions(providers=[google, passwords], depends_on=[vpc.private_services]),
    )
