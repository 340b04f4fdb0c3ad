"""Recovery from the loss of a region: objectives, backups and restore plans."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.core.schedules import Cron
from stacks.settings.core.types import Key, ProjectId, Region, Section, shape

Days = Annotated[int, Field(ge=1, le=365)]
LockDays = Annotated[int, Field(ge=0, le=90)]
Minutes = Annotated[int, Field(ge=1, le=525_600)]  # up to a year

# https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/reference/rest/v1/projects.locations.backupPlans
BackupPlan = Annotated[
    str,
    shape(
        r"^projects/[a-z0-9-]+/locations/[a-z0-9-]+/backupPlans/[a-z0-9-]+$",
        "the full name of a backup plan",
        "projects/acme-ml-prod/locations/europe-west1/backupPlans/main",
    ),
]


class Backups(Section):
    """Backups of the clusters' workloads, in a region that does not fail together with that of the clusters."""

    region: Region
    cron: Cron
    retain_days: Days
    delete_lock_days: LockDays = Field(default=0, description="days during which a backup cannot be deleted")
    restore_project: ProjectId | None = Field(default=None, description="a project that may restore these backups")


class Restore(Section):
    """The backup plan from which a cluster of this stack is restored."""

    backup_plan: BackupPlan


class Recovery(Section):
    """Recovery objectives for the loss of a region, and the backups and restore plans that meet them."""

    rto_minutes: Minutes = Field(description="recovery time objective: longest time until the platform works again")
    rpo_minutes: Minutes = Field(description="recovery point objective: longest period of work that may be lost")
    backups: Backups | None = None
    restores: dict[Key, Restore] = Field(default_factory=dict, description="restore plans, by cluster")
