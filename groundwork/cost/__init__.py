"""Monthly cost of a declared graph from dated list prices: a range, and the costs that a declaration cannot price.

Nothing here prints or uses the network, so the policy pack can import it.
"""

from groundwork.cost.book import Book, load
from groundwork.cost.estimate import Estimate, estimate

__all__ = ["Book", "Estimate", "estimate", "load"]
