"""Types of points in time and of recurring schedules."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator

from stacks.settings.core.types import shape


def _real(value: str) -> str:
    """Refuse a date that does not exist, such as 30 February."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a valid date") from None
    return value


Instant = Annotated[
    str,
    shape(
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        "an instant in UTC, in quotes",
        '"2026-01-03T01:00:00Z"',
    ),
    AfterValidator(_real),
]

_EVERY = r";INTERVAL=[1-9][0-9]?"
_DAYS = r";BYDAY=(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*"

# RFC 5545 has more parts; after COUNT or UNTIL a cluster would have no maintenance window any longer.
Recurrence = Annotated[
    str,
    shape(
        f"^FREQ=(DAILY|WEEKLY)({_DAYS}({_EVERY})?|{_EVERY}({_DAYS})?)?$",
        "a recurrence of FREQ, BYDAY and INTERVAL",
        "FREQ=WEEKLY;BYDAY=SA,SU",
    ),
]

Cron = Annotated[
    str,
    shape(r"^([0-9A-Za-z*,/-]+ ){4}[0-9A-Za-z*,/-]+$", "cron's five fields, in UTC and in quotes", '"0 2 * * *"'),
]
