"""Notification channels, and one alert policy for each rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels


@dataclass(frozen=True)
class AlertArgs:
    """One rule: a PromQL expression that holds for a duration before the channel of `severity` is notified."""

    alert: str
    expression: str
    duration_seconds: int
    interval_seconds: int
    severity: str
    summary: str
    description: str
    runbook_url: str


@dataclass(frozen=True)
class AlertingArgs:
    """E-mail addresses of groups by severity, and rules by name; each severity of a rule has an address."""

    project: str
    emails: Mapping[str, str]
    alerts: Mapping[str, AlertArgs]
    labels: Labels


class Alerting(Component):
    """Channels and policies. Rules are PromQL over all metrics in Cloud Monitoring, including those of GKE."""

    channels: dict[str, gcp.monitoring.NotificationChannel]

    def __init__(self, name: str, args: AlertingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the channels, then the policies that use them."""
        super().__init__(name, opts)
        self.channels = {
            severity: gcp.monitoring.NotificationChannel(
                f"{name}-{severity}",
                project=args.project,
                display_name=f"{severity}: {email}",
                type="email",
                labels={"email_address": email},
                user_labels=dict(args.labels),
                opts=self.child(),
            )
            for severity, email in args.emails.items()
        }
        for alert, rule in args.alerts.items():
            self._policy(name, alert, rule, args)
        self.register_outputs({})

    def _policy(self, name: str, alert: str, rule: AlertArgs, args: AlertingArgs) -> None:
        gcp.monitoring.AlertPolicy(
            f"{name}-{alert}",
            project=args.project,
            display_name=rule.alert,
            combiner="OR",
            severity="CRITICAL" if rule.severity == "page" else "WARNING",
            conditions=[
                {
                    "display_name": alert,
                    "condition_prometheus_query_language": {
                        "query": rule.expression,
                        "duration": f"{rule.duration_seconds}s",
                        "evaluation_interval": f"{rule.interval_seconds}s",
                        "alert_rule": rule.alert,
                        # A metric that no cluster has sent yet is not an error in the rule.
                        "disable_metric_validation": True,
                    },
                }
            ],
            documentation={
                "subject": rule.summary,
                "content": f"{rule.description}\n\nRunbook: {rule.runbook_url}",
                "mime_type": "text/markdown",
            },
            notification_channels=[self.channels[rule.severity].name],
            user_labels=dict(args.labels),
            opts=self.child(),
        )
