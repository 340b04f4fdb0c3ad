"""What a declared graph costs in a month, from dated list prices: a range, and what nobody can price beforehand.

Nothing here prints or asks the network, so the policy pack can import it.
"""

from groundwork.cost.book import Book, load
from groundwork.cost.estimate import Estimate, estimate

__all__ = ["Book", "Estimate", "estimate", "load"]
