"""Who is told what, and what may be spent."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components.alerting import AlertArgs, Alerting, AlertingArgs
from components.budget import Budget, BudgetArgs
from components.dashboard import Dashboard, DashboardArgs
from components.project_services import ProjectServices
from stacks import labels
from stacks.charts import CHARTS
from stacks.settings import Settings
from stacks.settings.facts.alerts import as_documentation, load_alerts

BACKUP_ALERT = "BackupTooOld"


def monitoring(settings: Settings, google: gcp.Provider, apis: ProjectServices) -> Alerting:
    """Who is told what, and the page that shows how things are."""
    options = pulumi.ResourceOptions(provider=google, depends_on=[apis])
    Dashboard(
        "overview",
        DashboardArgs(project=settings.projects.service, title=f"ML platform ({settings.environment})", charts=CHARTS),
        options,
    )
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
        # Where nothing is backed up, an alert about old backups would never be quiet.
        if settings.recovery.backups is not None or rule.alert != BACKUP_ALERT
    }
    args = AlertingArgs(project=settings.projects.service, emails=emails, alerts=alerts, labels=labels.shared(settings))
    return Alerting("alerts", args, options)


def budgets(settings: Settings, google: gcp.Provider, alerting: Alerting) -> None:
    """What the stack may cost in a month, and each team of it."""
    stack = pulumi.get_stack()
    limits: dict[str, tuple[str, int, dict[str, str]]] = {"stack": (stack, settings.billing.monthly_budget, {})}
    ownership = settings.ownership
    limits[f"team-{ownership.team}"] = (
        f"{stack}/{ownership.team}",
        ownership.monthly_budget,
        {"team": ownership.team},
    )
    for key, team in settings.teams.items():
        limits[f"team-{key}"] = (f"{stack}/{key}", team.monthly_budget, {"team": key})
    for name, (display_name, amount, counted) in limits.items():
        Budget(
            f"budget-{name}",
            BudgetArgs(
                display_name=display_name,
                billing_account=settings.billing.account,
                currency=settings.billing.currency,
                amount=amount,
                project_number=settings.projects.service_number,
                channels=[alerting.channels["ticket"].name],
                labels=counted,
            ),
            pulumi.ResourceOptions(provider=google),
        )
