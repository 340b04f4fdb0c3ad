"""A grant that has ended is taken out of the settings, and one that is about to end is looked at.

IAM stops honoring it by itself on the day. The binding stays, though, and reads like access to everybody who does not
compare dates: the next one who is refused looks for the reason in the wrong place. A condition that only an update can
tell passes, since what the settings give is known.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from groundwork.graph import Node
from policy.rules._grants import grants
from policy.rules._rule import Asked, Parameters, Rule

# https://cloud.google.com/iam/docs/configuring-temporary-access
ENDS: Final = re.compile(r"""request\.time\s*<=?\s*timestamp\(\s*["']([^"']+)["']\s*\)""")


class LongestGrant(Parameters):
    """How far away an end may be."""

    longest_days: Annotated[int, Field(ge=1)] = 366


def check(node: Node, asked: Asked[LongestGrant]) -> Iterator[str]:
    """One message for each end that has passed, that is no time, or that is so far off that it is none."""
    for grant in grants(node):
        found = ENDS.search(grant.condition) if isinstance(grant.condition, str) else None
        if found is None:
            continue
        try:
            end = dt.datetime.fromisoformat(found[1])
        except ValueError:
            yield f"{node.name} grants {grant.role} until {found[1]}, which is no time"
            continue
        last = (end - dt.timedelta(microseconds=1)).date()
        if last < asked.today:
            yield f"{node.name}: the grant of {grant.role} ended on {last}; take it out, or renew it with a reason"
        elif asked.today != dt.date.min and (last - asked.today).days > asked.parameters.longest_days:
            yield (
                f"{node.name}: the grant of {grant.role} ends on {last}, in more than "
                f"{asked.parameters.longest_days} days; name a nearer end, or none"
            )


RULE: Final = Rule(
    name="expiring-grants",
    description="No grant is past its end",
    level="mandatory",
    check=check,
    parameters=LongestGrant,
)
