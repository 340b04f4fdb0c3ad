"""The billing account and the budget of the stack."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stacks.settings.core.types import Section, shape

# https://cloud.google.com/billing/docs/how-to/manage-billing-account
BillingAccount = Annotated[
    str, shape(r"^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", "the id of a billing account", "01AB23-45CD67-89EF01")
]


class Billing(Section):
    """The billing account and the budget of the stack for a calendar month."""

    account: BillingAccount
    currency: Literal["USD"] = Field(default="USD", description="the currency of the account and of the price book")
    monthly_budget: Annotated[int, Field(ge=1, le=100_000_000)]
