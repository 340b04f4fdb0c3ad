"""Money, alerts and recovery: what the platform costs at most, whom it wakes, and how it comes back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.schedules import Cron
from stacks.settings.core.types import Key, ProjectId, Region, Section, shape

Days = Annotated[int, Field(ge=1, le=365)]
LockDays = Annotated[int, Field(ge=0, le=90)]
Minutes = Annotated[int, Field(ge=1, le=525_600)]  # to a year: more is no promise

# https://cloud.google.com/billing/docs/how-to/manage-billing-account
BillingAccount = Annotated[
    str, shape(r"^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", "the id of a billing account", "01AB23-45CD67-89EF01")
]

Address = Annotated[
    str, shape(r"^https://[^\s]+/$", "an https address that ends in a slash", "https://git.example/blob/main/")
]

# https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/reference/rest/v1/projects.locations.backupPlans
BackupPlan = Annotated[
    str,
    shape(
        r"^projects/[a-z0-9-]+/locations/[a-z0-9-]+/backupPlans/[a-z0-9-]+$",
        "the full name of a backup plan",
        "projects/acme-ml-prod/locations/europe-west1/backupPlans/main",
    ),
]

# https://cloud.google.com/sql/docs/mysql/instance-settings#machine-type-2ndgen
Tier = Annotated[
    str,
    shape(
        r"^db-(custom-[0-9]+-[0-9]+|perf-optimized-N-[0-9]+|f1-micro|g1-small)$",
        "a machine type of Cloud SQL",
        "db-custom-2-7680",
    ),
]


class Billing(Section):
    """The billing account and what the stack may cost in a calendar month."""

    account: BillingAccount
    currency: Literal["USD"] = Field(default="USD", description="the currency of the account and of the price book")
    monthly_budget: Annotated[int, Field(ge=1, le=100_000_000)]


class Alerting(Section):
    """Who is told. `page` wakes somebody; `ticket` waits for the morning."""

    page: Key = Field(description="the group that is paged")
    ticket: Key = Field(description="the group that gets tickets, and the warnings of budgets")
    repository_url: Address = Field(description="where this repository is read, so that an alert links to its runbook")


class Backups(Section):
    """Backups of what lives in the clusters, kept in a region that does not fail together with theirs."""

    region: Region
    cron: Cron
    retain_days: Days
    delete_lock_days: LockDays = Field(default=0, description="days in which nobody can delete a backup")
    restore_project: ProjectId | None = Field(default=None, description="a project that may restore these backups")


class Restore(Section):
    """What a cluster of this stack is restored from."""

    backup_plan: BackupPlan


class Recovery(Section):
    """What was promised about the loss of a region, and what it takes to keep that."""

    rto_minutes: Minutes = Field(description="longest time until the platform works again")
    rpo_minutes: Minutes = Field(description="longest stretch of work that may be lost")
    backups: Backups | None = None
    restores: dict[Key, Restore] = Field(default_factory=dict, description="restore plans, by cluster")


class Database(Section):
    """A MySQL instance."""

    tier: Tier
    disk_gb: Annotated[int, Field(ge=10, le=65536)] = 20
    regional: bool = Field(default=False, description="a second machine in another zone takes over by itself")
    retained_backups: Annotated[int, Field(ge=1, le=365)] = 7
    deletion_protection: bool = Field(default=True, description="refuse to delete or replace the instance")


class Pipelines(Section):
    """Kubeflow Pipelines: where it runs and where its state lies."""

    cluster: Key
    bucket: Key = Field(description="bucket for the artifacts of runs")
    teams: Annotated[list[Key], Distinct()] = Field(
        default_factory=list, description="teams whose pods may call its API; each of them sees the runs of all"
    )
    database: Database
