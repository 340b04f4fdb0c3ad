"""Tests of `components.cluster_restore`."""

from __future__ import annotations

from components.cluster_restore import ClusterRestore, ClusterRestoreArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, inputs

RESTORE = ClusterRestoreArgs(
    plan_name="ml",
    project="ml-dr",
    region="europe-west1",
    backup_plan="projects/ml-service/locations/europe-west1/backupPlans/ml",
    cluster="projects/ml-dr/locations/europe-west1/clusters/ml",
    labels={"environment": "test"},
)


def _graph() -> Graph:
    return declare(lambda: ClusterRestore("restore-ml", RESTORE))


def test_restore_plan_leads_from_the_backup_plan_to_the_cluster() -> None:
    """The plan is in the region and project of the cluster that takes over."""
    plan = inputs(_graph(), "restore-ml-plan")
    plan.pop("restoreConfig")

    assert declared(_graph()) == {"restore-ml-plan": "gcp:gkebackup/restorePlan:RestorePlan"}
    assert plan == {
        "name": "ml",
        "project": "ml-dr",
        "location": "europe-west1",
        "backupPlan": "projects/ml-service/locations/europe-west1/backupPlans/ml",
        "cluster": "projects/ml-dr/locations/europe-west1/clusters/ml",
        "labels": {"environment": "test"},
    }


def test_restore_plan_restores_missing_objects_and_does_not_change_existing_ones() -> None:
    """The program declares namespaces, accounts and claims before a restore; their volumes come from the backup."""
    assert inputs(_graph(), "restore-ml-plan")["restoreConfig"] == {
        "allNamespaces": True,
        "namespacedResourceRestoreMode": "MERGE_SKIP_ON_CONFLICT",
        "volumeDataRestorePolicy": "RESTORE_VOLUME_DATA_FROM_BACKUP",
        "clusterResourceConflictPolicy": "USE_EXISTING_VERSION",
        "clusterResourceRestoreScope": {
            "selectedGroupKinds": [
                {"resourceGroup": "", "resourceKind": "PersistentVolume"},
                {"resourceGroup": "scheduling.k8s.io", "resourceKind": "PriorityClass"},
            ]
        },
    }
