"""A monthly budget and its notifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component

# Thresholds as shares of the budget, in ascending order, which the API requires.
CURRENT: Final = (0.5, 0.9, 1.0)
FORECAST: Final = (1.0,)


@dataclass(frozen=True)
class BudgetArgs:
    """A budget: `amount` is in whole units of `currency` a calendar month, for resources with all of `labels`.

    The project is given by its number: with an id, every preview shows a difference.
    """

    display_name: str
    billing_account: str
    currency: str
    amount: int
    project_number: str
    channels: Sequence[pulumi.Input[str]]
    labels: Mapping[str, str] = field(default_factory=dict)


class Budget(Component):
    """Notifications at shares of the budget, by actual and forecast spend. A budget does not limit spend."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the budget and its thresholds."""
        super().__init__(name, opts)
        rules = [(share, "CURRENT_SPEND") for share in CURRENT] + [(share, "FORECASTED_SPEND") for share in FORECAST]
        gcp.billing.Budget(
            f"{name}-budget",
            billing_account=args.billing_account,
            display_name=args.display_name,
            amount=gcp.billing.BudgetAmountArgs(
                specified_amount=gcp.billing.BudgetAmountSpecifiedAmountArgs(
                    currency_code=args.currency, units=str(args.amount)
                )
            ),
            budget_filter=gcp.billing.BudgetBudgetFilterArgs(
                projects=[f"projects/{args.project_number}"],
                calendar_period="MONTH",
                labels=dict(args.labels) or None,
                # Credits would hide the use of a team until they are used up.
                credit_types_treatment="EXCLUDE_ALL_CREDITS",
            ),
            threshold_rules=[
                gcp.billing.BudgetThresholdRuleArgs(threshold_percent=share, spend_basis=basis)
                for share, basis in rules
            ],
            all_updates_rule=gcp.billing.BudgetAllUpdatesRuleArgs(
                monitoring_notification_channels=list(args.channels), disable_default_iam_recipients=False
            ),
            opts=self.child(),
        )
        self.register_outputs({})
