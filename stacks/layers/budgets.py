"""Monthly budgets of the stack and of each team."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components.alerting import Alerting
from components.budget import Budget, BudgetArgs
from stacks.settings import Settings


def budgets(settings: Settings, *, google: gcp.Provider, alerting: Alerting) -> None:
    """A budget for all costs of the project, and one for each team's label; the platform is a team here."""
    stack, platform = pulumi.get_stack(), settings.ownership
    amounts = {platform.team: platform.monthly_budget}
    amounts |= {key: team.monthly_budget for key, team in settings.teams.items()}
    budgets: dict[str, tuple[str, int, dict[str, str]]] = {"stack": (stack, settings.billing.monthly_budget, {})}
    budgets |= {f"team-{team}": (f"{stack}/{team}", amount, {"team": team}) for team, amount in amounts.items()}
    for name, (display_name, amount, labels) in budgets.items():
        Budget(
            f"budget-{name}",
            BudgetArgs(
                display_name=display_name,
                billing_account=settings.billing.account,
                currency=settings.billing.currency,
                amount=amount,
                project_number=settings.projects.service_number,
                channels=[alerting.channels["ticket"].name],
                labels=labels,
            ),
            pulumi.ResourceOptions(provider=google),
        )
