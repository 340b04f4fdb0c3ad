"""How somebody wants a graph priced, and the one way from there to an estimate: commands and rules both take it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from groundwork.cost import declared
from groundwork.cost.book import load
from groundwork.cost.estimate import Estimate, estimate
from groundwork.cost.purchase import Purchase
from groundwork.graph import Graph


@dataclass(frozen=True)
class Request:
    """How to buy what is not declared spot; `usage` is a file in place of the stack's own in the project."""

    purchase: Purchase = Purchase.ON_DEMAND
    usage: Path | None = None


def price(root: Path, request: Request, graph: Graph) -> Estimate:
    """The estimate of a graph of the project in `root`.

    Raises `UserError` for a price book or a usage file that cannot be used.
    """
    book = load()
    usage = declared.of_stack(root, graph.stack, graph, request.usage)
    return estimate(graph, book, request.purchase, usage)
