"""Tests of `components.cluster_backup`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.cluster_backup import ClusterBackup, ClusterBackupArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, inputs, protected

BACKUP = ClusterBackupArgs(
    plan_name="ml",
    project="ml-service",
    backup_region="europe-west1",
    cluster="projects/ml-service/locations/europe-west4/clusters/ml",
    cron="0 2 * * *",
    retain_days=35,
    delete_lock_days=14,
    restore_project=None,
    labels={"environment": "test"},
)


def _graph(**changes: Any) -> Graph:
    return declare(lambda: ClusterBackup("backup-ml", dataclasses.replace(BACKUP, **changes)))


def test_backup_plan_is_in_the_backup_region_and_on_schedule() -> None:
    """Backups are outside of the region of the cluster."""
    plan = inputs(_graph(), "backup-ml-plan")

    assert plan["name"] == "ml"
    assert plan["project"] == "ml-service"
    assert plan["location"] == "europe-west1"
    assert plan["cluster"] == "projects/ml-service/locations/europe-west4/clusters/ml"
    assert plan["backupSchedule"] == {"cronSchedule": "0 2 * * *"}
    assert plan["labels"] == {"environment": "test"}


def test_backup_plan_has_all_namespaces_with_secrets_and_volumes() -> None:
    """Workloads do not start from a backup without its secrets."""
    assert inputs(_graph(), "backup-ml-plan")["backupConfig"] == {
        "allNamespaces": True,
        "includeSecrets": True,
        "includeVolumeData": True,
    }


def test_backup_retention_and_delete_lock_are_days_of_the_settings() -> None:
    """A backup cannot be deleted within the days of the lock."""
    assert inputs(_graph(), "backup-ml-plan")["retentionPolicy"] == {
        "backupRetainDays": 35,
        "backupDeleteLockDays": 14,
    }


def test_backup_plan_is_protected() -> None:
    """The plan is not deleted with the code, the channel may be."""
    assert protected(_graph(restore_project="ml-dr")) == {"backup-ml-plan"}


def test_backup_without_restore_project_has_no_channel() -> None:
    """Only the project itself can restore."""
    assert declared(_graph()) == {"backup-ml-plan": "gcp:gkebackup/backupPlan:BackupPlan"}


def test_restore_channel_leads_to_the_restore_project() -> None:
    """The channel is next to the plan, in the backup region."""
    graph = _graph(restore_project="ml-dr")

    assert declared(graph)["backup-ml-restore-channel"] == "gcp:gkebackup/restoreChannel:RestoreChannel"
    assert inputs(graph, "backup-ml-restore-channel") == {
        "name": "ml",
        "project": "ml-service",
        "location": "europe-west1",
        "destinationProject": "projects/ml-dr",
        "labels": {"environment": "test"},
    }
