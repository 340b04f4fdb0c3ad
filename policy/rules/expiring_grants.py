"""The rule `expiring-grants`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from groundwork.graph import Node
from policy.rules._grants import grants
from policy.rules._rule import Context, Parameters, Rule

# https://cloud.google.com/iam/docs/configuring-temporary-access
EXPIRY: Final = re.compile(r"""request\.time\s*<=?\s*timestamp\(\s*["']([^"']+)["']\s*\)""")


class GrantDuration(Parameters):
    """The longest time from today to the last day of a grant."""

    max_days: Annotated[int, Field(ge=1)] = 366


def check(node: Node, context: Context[GrantDuration]) -> Iterator[str]:
    """One message for each grant that has expired, has an invalid time, or expires too far in the future."""
    for grant in grants(node):
        expiry = EXPIRY.search(grant.condition) if isinstance(grant.condition, str) else None
        if expiry is None:
            continue
        try:
            end = dt.datetime.fromisoformat(expiry[1])
        except ValueError:
            yield f"{node.name} grants {grant.role} until {expiry[1]}, which is not a valid time: correct until"
            continue
        last = (end - dt.timedelta(microseconds=1)).date()
        if last < context.today:
            yield f"{node.name}: the grant of {grant.role} ended on {last}: remove it, or set a later until"
        elif (last - context.today).days > context.parameters.max_days:
            yield (
                f"{node.name}: the grant of {grant.role} ends on {last}, in more than {context.parameters.max_days} "
                "days: set an earlier until, or none"
            )


RULE: Final = Rule(
    name="expiring-grants",
    description="No grant has expired",
    why="""
        IAM ignores a binding after the end in its condition, but the binding remains and reads like access,
        which misleads whoever looks into a refused request. The entry is therefore removed from the settings,
        or renewed. An unknown condition passes, since ends come from the settings and are known.
        """,
    level="mandatory",
    check=check,
    parameters=GrantDuration,
)
