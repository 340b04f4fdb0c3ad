"""How a cluster takes over from another one's backups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels

# Cluster-wide objects that a backup brings along. Everything else of that kind is made by this program.
RESTORED_KINDS: Final = (("", "PersistentVolume"), ("scheduling.k8s.io", "PriorityClass"))


@dataclass(frozen=True)
class ClusterRestoreArgs:
    """The plan that is restored from, and the cluster that it is restored into; both are ids."""

    plan_name: str
    project: str
    region: str
    backup_plan: str
    cluster: pulumi.Input[str]
    labels: Labels


class ClusterRestore(Component):
    """A restore plan. It restores nothing until a runbook's step says so."""

    def __init__(self, name: str, args: ClusterRestoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the plan: what is there already stays, what is missing comes from the backup."""
        super().__init__(name, opts)
        config = gcp.gkebackup.RestorePlanRestoreConfigArgs
        gcp.gkebackup.RestorePlan(
            f"{name}-plan",
            name=args.plan_name,
            project=args.project,
            location=args.region,
            backup_plan=args.backup_plan,
            cluster=args.cluster,
            restore_config=config(
                all_namespaces=True,
                # Namespaces, accounts and claims exist before the restore: this program made them.
                namespaced_resource_restore_mode="MERGE_SKIP_ON_CONFLICT",
                volume_data_restore_policy="RESTORE_VOLUME_DATA_FROM_BACKUP",
                cluster_resource_conflict_policy="USE_EXISTING_VERSION",
                cluster_resource_restore_scope=gcp.gkebackup.RestorePlanRestoreConfigClusterResourceRestoreScopeArgs(
                    selected_group_kinds=[
                        gcp.gkebackup.RestorePlanRestoreConfigClusterResourceRestoreScopeSelectedGroupKindArgs(
                            resource_group=group, resource_kind=kind
                        )
                        for group, kind in RESTORED_KINDS
                    ]
                ),
            ),
            labels=dict(args.labels),
            opts=self.child(),
        )
        self.register_outputs({})
