"""What may be spent in a month, and who hears when it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component

# Shares of the budget in ascending order, as the API wants them. A forecast is late when it says 80 %.
CURRENT: Final = (0.5, 0.9, 1.0)
FORECAST: Final = (1.0,)


@dataclass(frozen=True)
class BudgetArgs:
    """A budget: `amount` is whole units of `currency` in a calendar month, for what carries all of `labels`.

    The project goes by its number: the API answers an id with a difference on every preview.
    """

    display_name: str
    billing_account: str
    currency: str
    amount: int
    project_number: str
    channels: Sequence[pulumi.Input[str]]
    labels: Mapping[str, str] = field(default_factory=dict)


class Budget(Component):
    """Warnings at shares of the budget, of what is spent and of what is forecast. A budget stops nothing by itself."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the budget."""
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
                # Credits hide what a team uses until they run out.
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
