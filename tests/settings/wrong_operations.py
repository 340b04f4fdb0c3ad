"""Faults in quotas, billing, alerting, recovery and pipelines."""

from __future__ import annotations

from typing import Final

from tests.settings.samples import ABSENT, BACKUPS, SECOND, Wrong

RESTORE: Final = {"backup_plan": "projects/brightwater-ml-prod/locations/europe-west1/backupPlans/main"}

OPERATIONS: Final = {
    # Quotas
    "quota missing": Wrong("teams.vision.quota", ABSENT, "is missing"),
    "quota without cores": Wrong(
        "teams.vision.quota.cpu",
        ABSENT,
        "is missing",
        "cores that the team's pods can always request; the sum over all teams is not checked",
    ),
    "quota of an unknown pool": Wrong(
        "teams.vision.quota.gpus.l5",
        1,
        "no entry 'l5' in gpu_pools or compute_classes",
        "known here: a100, l4, l4-shared",
    ),
    "quota above pool": Wrong("teams.vision.quota.gpus.l4", 3, "3 GPUs are more than pool 'l4' has", "at most 2"),
    "quota in another cluster": Wrong(
        "gpu_pools.l4.clusters",
        ["second"],
        "pool 'l4' is in cluster 'second', where team 'vision' has no namespace",
        "add second to groundwork:teams.vision.clusters",
        at="teams.vision.quota.gpus.l4",
        also=(("clusters.second", SECOND), ("teams.forecasting.quota.gpus", {})),
    ),
    # Billing
    "monthly budget missing": Wrong("teams.vision.monthly_budget", ABSENT, "is missing"),
    "budget with a fraction": Wrong("billing.monthly_budget", 2500.5, "expected a whole number, found 2500.5"),
    "billing account in lower case": Wrong(
        "billing.account",
        "01c4a7-92b3d5-6e8f10",
        "'01c4a7-92b3d5-6e8f10' is not valid",
        "the id of a billing account, such as 01AB23-45CD67-89EF01",
    ),
    "billing account missing": Wrong(
        "billing.account", ABSENT, "is missing", "the id of a billing account, such as 01AB23-45CD67-89EF01"
    ),
    "unknown currency": Wrong("billing.currency", "EUR", "'EUR' is not a choice", "one of 'USD'"),
    # Alerts
    "alerts that page an unknown group": Wrong(
        "alerting.page", "platform-admin", "no entry 'platform-admin' in groups", "did you mean platform-admins?"
    ),
    "alerts that open tickets for an unknown group": Wrong(
        "alerting.ticket",
        "unknown-team",
        "no entry 'unknown-team' in groups",
        "known here: forecasting, platform-admins, vision, vision-leads",
    ),
    "repository without slash": Wrong(
        "alerting.repository_url",
        "https://git.example/main",
        "'https://git.example/main' is not valid",
        "an https address that ends in a slash, such as https://git.example/blob/main/",
    ),
    "repository without https": Wrong(
        "alerting.repository_url",
        "http://git.example/main/",
        "'http://git.example/main/' is not valid",
        "an https address that ends in a slash, such as https://git.example/blob/main/",
    ),
    # Recovery
    "backups in the cluster's region": Wrong(
        "recovery.backups",
        {**BACKUPS, "region": "europe-west4"},
        "backups in europe-west4 are lost together with the cluster there",
        "a region that has no cluster",
        at="recovery.backups.region",
    ),
    "backups locked for longer than they are retained": Wrong(
        "recovery.backups",
        {**BACKUPS, "retain_days": 6, "delete_lock_days": 7},
        "backups are locked for 7 days and retained for 6",
        "at most retain_days",
        at="recovery.backups.delete_lock_days",
    ),
    "cron of four fields": Wrong(
        "recovery.backups",
        {**BACKUPS, "cron": "0 2 * *"},
        "'0 2 * *' is not valid",
        'cron\'s five fields, in UTC and in quotes, such as "0 2 * * *"',
        at="recovery.backups.cron",
    ),
    "invalid project id of restores": Wrong(
        "recovery.backups",
        {**BACKUPS, "restore_project": "DR"},
        "'DR' is not valid",
        "a Google Cloud project id, such as acme-ml-dev",
        at="recovery.backups.restore_project",
    ),
    "restore into an unknown cluster": Wrong(
        "recovery.restores",
        {"mian": RESTORE},
        "no entry 'mian' in clusters",
        "did you mean main?",
        "recovery.restores.mian",
    ),
    "backup plan without its full name": Wrong(
        "recovery.restores",
        {"main": {"backup_plan": "main"}},
        "'main' is not valid",
        "the full name of a backup plan, such as projects/acme-ml-prod/locations/europe-west1/backupPlans/main",
        at="recovery.restores.main.backup_plan",
    ),
    "rto_minutes missing": Wrong(
        "recovery.rto_minutes",
        ABSENT,
        "is missing",
        "recovery time objective: longest time until the platform works again",
    ),
    # Pipelines
    "pipelines in an unknown cluster": Wrong(
        "pipelines.cluster", "mian", "no entry 'mian' in clusters", "did you mean main?"
    ),
    "pipelines in an unknown bucket": Wrong(
        "pipelines.bucket", "runs", "no entry 'runs' in buckets", "known here: customer-addresses, models, ..."
    ),
    "database with an invalid machine type": Wrong(
        "pipelines.database.tier",
        "n2-standard-2",
        "'n2-standard-2' is not valid",
        "a machine type of Cloud SQL, such as db-custom-2-7680",
    ),
}
