"""Purchase options of machines. A pool that is declared spot is priced as spot, whatever is chosen for the others."""

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


# The options of --purchase. Flex-start is a property of a pool, since jobs on it wait and then run for a limited time.
CHOICES: Final = (Purchase.ON_DEMAND, Purchase.SPOT, Purchase.COMMITTED_1Y, Purchase.COMMITTED_3Y)
DISCOUNTED: Final = tuple(option for option in Purchase if option is not Purchase.ON_DEMAND)
