"""Who receives alerts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.core.types import Key, Section, shape

Address = Annotated[
    str, shape(r"^https://[^\s]+/$", "an https address that ends in a slash", "https://git.example/blob/main/")
]


class Alerting(Section):
    """The groups that receive alerts: `page` at any hour, `ticket` during working hours."""

    page: Key = Field(description="the group that is paged")
    ticket: Key = Field(description="the group that receives tickets and budget alerts")
    repository_url: Address = Field(description="the web address of this repository, for links from alerts to runbooks")
