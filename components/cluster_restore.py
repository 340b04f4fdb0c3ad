"""The restore plan of a cluster from the backups of another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels

# Cluster-scoped kinds that are restored. This program declares all other cluster-scoped objects.
RESTORED_KINDS: Final = (("", "PersistentVolume"), ("scheduling.k8s.io", "PriorityClass"))


@dataclass(frozen=True)
class ClusterRestoreArgs:
    """The ids of the backup plan to restore from and of the cluster to restore into."""

    plan_name: str
    project: str
    region: str
    backup_plan: str
    cluster: pulumi.Input[str]
    labels: Labels


class ClusterRestore(Component):
    """A restore plan. It restores nothing until a step of a runbook starts a restore."""

    def __init__(self, name: str, args: ClusterRestoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the plan: existing objects are not changed, missing ones are restored."""
        super().__init__(name, opts)
        gcp.gkebackup.RestorePlan(
            f"{name}-plan",
            name=args.plan_name,
            project=args.project,
            location=args.region,
            backup_plan=args.backup_plan,
            cluster=args.cluster,
            restore_config={
                "all_namespaces": True,
                # Namespaces, accounts and claims exist before a restore, since this program declares them.
                "namespaced_resource_restore_mode": "MERGE_SKIP_ON_CONFLICT",
                "volume_data_restore_policy": "RESTORE_VOLUME_DATA_FROM_BACKUP",
                "cluster_resource_conflict_policy": "USE_EXISTING_VERSION",
                "cluster_resource_restore_scope": {
                    "selected_group_kinds": [
                        {"resource_group": group, "resource_kind": kind} for group, kind in RESTORED_KINDS
                    ]
                },
            },
            labels=dict(args.labels),
            opts=self.child(),
        )
        self.register_outputs({})
