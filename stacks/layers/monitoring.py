"""Alert policies with their notification channels, and the dashboard."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_gcp as gcp

from components.alerting import AlertArgs, Alerting, AlertingArgs
from components.dashboard import Dashboard, DashboardArgs
from components.project_services import ProjectServices
from stacks import labels
from stacks.charts import CHARTS
from stacks.settings import Settings
from stacks.settings.facts.alerts import as_documentation, load_alerts

BACKUP_ALERT: Final = "BackupTooOld"


def dashboard(settings: Settings, *, google: gcp.Provider, apis: ProjectServices) -> None:
    """The dashboard of the platform."""
    args = DashboardArgs(
        project=settings.projects.service, title=f"ML platform ({settings.environment})", charts=CHARTS
    )
    Dashboard("overview", args, pulumi.ResourceOptions(provider=google, depends_on=[apis]))


def alerting(settings: Settings, *, google: gcp.Provider, apis: ProjectServices) -> Alerting:
    """The rules of ``stacks/alerts.yaml`` as alert policies, each with the channel of its severity."""
    emails = {
        severity: settings.groups[group].email
        for severity, group in (("page", settings.alerting.page), ("ticket", settings.alerting.ticket))
    }
    alerts = {
        name: AlertArgs(
            alert=rule.alert,
            expression=rule.expr.strip(),
            duration_seconds=rule.duration_seconds,
            interval_seconds=group.interval_seconds,
            severity=rule.labels.severity,
            summary=as_documentation(rule.annotations.summary),
            description=as_documentation(rule.annotations.description),
            runbook_url=f"{settings.alerting.repository_url}{rule.annotations.runbook_url}",
        )
        for name, (group, rule) in load_alerts().rules.items()
        # Without backups the alert about missing backups would always fire.
        if settings.recovery.backups is not None or rule.alert != BACKUP_ALERT
    }
    args = AlertingArgs(project=settings.projects.service, emails=emails, alerts=alerts, labels=labels.shared(settings))
    return Alerting("alerts", args, pulumi.ResourceOptions(provider=google, depends_on=[apis]))
