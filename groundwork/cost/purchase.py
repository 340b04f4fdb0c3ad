"""The ways to buy the same machine. A pool that is declared spot is bought as spot, whatever is asked for the rest."""

from __future__ import annotations

import enum
from typing import Final


class Purchase(enum.StrEnum):
    """How capacity is paid for; the value is also the key of the price in the book, except for on demand."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    COMMITTED_1Y = "committed-1y"  # paid for a year, used or not
    COMMITTED_3Y = "committed-3y"
    FLEX_START = "flex-start"  # Dynamic Workload Scheduler: waits, then runs for at most a week


# What a person may ask for. Flex-start is a property of a pool, since it changes what a job has to expect.
CHOICES: Final = (Purchase.ON_DEMAND, Purchase.SPOT, Purchase.COMMITTED_1Y, Purchase.COMMITTED_3Y)
DISCOUNTED: Final = tuple(way for way in Purchase if way is not Purchase.ON_DEMAND)
