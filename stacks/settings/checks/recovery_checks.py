"""Backups that are lost together with their cluster, or that cannot be deleted when their retention ends."""

from __future__ import annotations

from collections.abc import Iterator

from stacks.settings.checks.context import CloudContext, known_values
from stacks.settings.core.problems import Problem


def locks(context: CloudContext) -> Iterator[Problem]:
    """A delete lock that is longer than the retention."""
    backups = context.settings.recovery.backups
    if backups is not None and backups.delete_lock_days > backups.retain_days:
        yield context.problem(
            ("recovery", "backups", "delete_lock_days"),
            f"backups are locked for {backups.delete_lock_days} days and retained for {backups.retain_days}",
            "at most retain_days",
        )


def region(context: CloudContext) -> Iterator[Problem]:
    """Backups in the region of a cluster."""
    backups = context.settings.recovery.backups
    regions = known_values(context.settings.clusters, lambda cluster: cluster.region)
    if backups is not None and backups.region in {region for _, region in regions}:
        yield context.problem(
            ("recovery", "backups", "region"),
            f"backups in {backups.region} are lost together with the cluster there",
            "a region that has no cluster",
        )
