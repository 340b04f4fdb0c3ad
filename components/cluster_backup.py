"""Backups of the namespaces of a cluster, in another region."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels


@dataclass(frozen=True)
class ClusterBackupArgs:
    """The backup plan of a cluster, by its id. `restore_project` is another project that may restore from it."""

    plan_name: str
    project: str
    backup_region: str
    cluster: pulumi.Input[str]
    cron: str
    retain_days: int
    delete_lock_days: int
    restore_project: str | None
    labels: Labels


class ClusterBackup(Component):
    """A backup plan for all namespaces with their volumes and secrets, and the channel to a restoring project."""

    plan: gcp.gkebackup.BackupPlan

    def __init__(self, name: str, args: ClusterBackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the plan and, where another project restores, the restore channel."""
        super().__init__(name, opts)
        self.plan = gcp.gkebackup.BackupPlan(
            f"{name}-plan",
            name=args.plan_name,
            project=args.project,
            location=args.backup_region,
            cluster=args.cluster,
            backup_schedule=gcp.gkebackup.BackupPlanBackupScheduleArgs(cron_schedule=args.cron),
            retention_policy=gcp.gkebackup.BackupPlanRetentionPolicyArgs(
                backup_retain_days=args.retain_days, backup_delete_lock_days=args.delete_lock_days
            ),
            backup_config=gcp.gkebackup.BackupPlanBackupConfigArgs(
                all_namespaces=True, include_secrets=True, include_volume_data=True
            ),
            labels=dict(args.labels),
            opts=self.child(protect=True),
        )
        if args.restore_project is not None:
            gcp.gkebackup.RestoreChannel(
                f"{name}-restore-channel",
                name=args.plan_name,
                project=args.project,
                location=args.backup_region,
                destination_project=f"projects/{args.restore_project}",
                labels=dict(args.labels),
                opts=self.child(),
            )
        self.register_outputs({})
