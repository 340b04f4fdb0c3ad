"""Tests of `components.alerting`."""

from __future__ import annotations

import pytest

from components.alerting import AlertArgs, Alerting, AlertingArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs

POLICY = "gcp:monitoring/alertPolicy:AlertPolicy"
CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel"


def _alert(severity: str) -> AlertArgs:
    return AlertArgs(
        alert="QueueIsStuck",
        expression="kueue_pending_workloads > 0",
        duration_seconds=900,
        interval_seconds=60,
        severity=severity,
        summary="A queue is stuck",
        description="Workloads wait although quota is free.",
        runbook_url="https://docs.example.com/queue-is-stuck",
    )


@pytest.fixture
def graph() -> Graph:
    """Two severities with an alert each; the alert of the second severity is the first one."""
    args = AlertingArgs(
        project="ml-service",
        emails={"page": "oncall@example.com", "ticket": "platform@example.com"},
        alerts={"slow": _alert("ticket"), "stuck": _alert("page")},
        labels={"environment": "test"},
    )

    def program() -> None:
        alerting = Alerting("alerting", args)
        assert list(alerting.channels) == ["page", "ticket"]

    return declare(program)


def test_alerting_declares_a_channel_for_each_severity_and_a_policy_for_each_alert(graph: Graph) -> None:
    """The names of channels are severities, those of policies the keys of alerts."""
    assert declared(graph) == {
        "alerting-page": CHANNEL,
        "alerting-ticket": CHANNEL,
        "alerting-slow": POLICY,
        "alerting-stuck": POLICY,
    }


def test_alerting_channel_sends_email_to_the_address_of_its_severity(graph: Graph) -> None:
    """Each severity has a separate address."""
    assert inputs(graph, "alerting-page") == {
        "project": "ml-service",
        "displayName": "page: oncall@example.com",
        "type": "email",
        "labels": {"email_address": "oncall@example.com"},
        "userLabels": {"environment": "test"},
    }
    assert inputs(graph, "alerting-ticket")["labels"] == {"email_address": "platform@example.com"}


@pytest.mark.parametrize(("policy", "channel"), [("slow", "ticket"), ("stuck", "page")])
def test_alerting_policy_notifies_only_the_channel_of_its_severity(graph: Graph, policy: str, channel: str) -> None:
    """A page does not go to the address of tickets, nor a ticket to that of pages."""
    assert depends_on(graph, f"alerting-{policy}") == {f"alerting-{channel}"}
    assert len(inputs(graph, f"alerting-{policy}")["notificationChannels"]) == 1


@pytest.mark.parametrize(("policy", "severity"), [("slow", "WARNING"), ("stuck", "CRITICAL")])
def test_alerting_policy_is_critical_if_it_pages(graph: Graph, policy: str, severity: str) -> None:
    """Only alerts of severity page are critical."""
    assert inputs(graph, f"alerting-{policy}")["severity"] == severity


def test_alerting_policy_evaluates_the_expression_for_the_duration(graph: Graph) -> None:
    """The condition is PromQL; a metric without samples does not invalidate the policy."""
    policy = inputs(graph, "alerting-stuck")

    assert policy["conditions"] == [
        {
            "displayName": "stuck",
            "conditionPrometheusQueryLanguage": {
                "query": "kueue_pending_workloads > 0",
                "duration": "900s",
                "evaluationInterval": "60s",
                "alertRule": "QueueIsStuck",
                "disableMetricValidation": True,
            },
        }
    ]
    assert policy["combiner"] == "OR"
    assert policy["project"] == "ml-service"
    assert policy["displayName"] == "QueueIsStuck"
    assert policy["userLabels"] == {"environment": "test"}


def test_alerting_policy_documents_the_summary_the_description_and_the_runbook(graph: Graph) -> None:
    """The notification links the runbook."""
    assert inputs(graph, "alerting-stuck")["documentation"] == {
        "subject": "A queue is stuck",
        "content": "Workloads wait although quota is free.\n\nRunbook: https://docs.example.com/queue-is-stuck",
        "mimeType": "text/markdown",
    }
