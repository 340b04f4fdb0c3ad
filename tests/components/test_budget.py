"""Tests of `components.budget`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.budget import Budget, BudgetArgs
from tests.components.declare import declare, inputs

BUDGET = BudgetArgs(
    display_name="dev/vision",
    billing_account="01AB23-45CD67-89EF01",
    currency="USD",
    amount=1200,
    project_number="123456789012",
    channels=["projects/p/notificationChannels/1"],
    labels={"team": "vision"},
)


def _budget(args: BudgetArgs = BUDGET) -> dict[str, Any]:
    return inputs(declare(lambda: Budget("budget-team-vision", args)), "budget-team-vision-budget")


def test_budget_amount_is_whole_units_of_the_currency() -> None:
    """The API takes the amount as text, in the currency of the billing account."""
    budget = _budget()

    assert budget["amount"] == {"specifiedAmount": {"currencyCode": "USD", "units": "1200"}}
    assert budget["billingAccount"] == "01AB23-45CD67-89EF01"
    assert budget["displayName"] == "dev/vision"


def test_budget_thresholds_are_half_ninety_percent_and_all_of_the_spend_and_all_of_the_forecast() -> None:
    """A first notification comes when half of the budget is spent, not only when all of it is."""
    thresholds = [(rule["spendBasis"], rule["thresholdPercent"]) for rule in _budget()["thresholdRules"]]

    assert thresholds == [
        ("CURRENT_SPEND", 0.5),
        ("CURRENT_SPEND", 0.9),
        ("CURRENT_SPEND", 1),
        ("FORECASTED_SPEND", 1),
    ]


def test_budget_filter_is_the_project_the_labels_and_the_calendar_month() -> None:
    """Only the spend of the project with the team's label counts, before credits."""
    assert _budget()["budgetFilter"] == {
        "projects": ["projects/123456789012"],
        "labels": {"team": "vision"},
        "calendarPeriod": "MONTH",
        "creditTypesTreatment": "EXCLUDE_ALL_CREDITS",
    }


def test_budget_without_labels_counts_the_whole_project() -> None:
    """The budget of the stack has no label filter; an empty map would be one that matches nothing."""
    assert "labels" not in _budget(dataclasses.replace(BUDGET, labels={}))["budgetFilter"]


def test_budget_notifies_the_channels_and_the_billing_administrators() -> None:
    """Both the given channels and the default IAM recipients get each notification."""
    assert _budget()["allUpdatesRule"] == {
        "monitoringNotificationChannels": ["projects/p/notificationChannels/1"],
        "disableDefaultIamRecipients": False,
    }
