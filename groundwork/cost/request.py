"""Pricing options of a command, and the function that prices a graph with them; commands and rules both use it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from groundwork.cost import usage_file
from groundwork.cost.book import Book, load
from groundwork.cost.estimate import Estimate, estimate
from groundwork.cost.purchase import Purchase
from groundwork.graph import Graph


@dataclass(frozen=True)
class Request:
    """`purchase` is for machines that are not declared spot; `usage` is a file that replaces the stack's usage file."""

    purchase: Purchase = Purchase.ON_DEMAND
    usage: Path | None = None


def price(root: Path, request: Request, graph: Graph, book: Book | None = None) -> Estimate:
    """The estimate of a graph of the project in `root`, with the price book of the tool where none is given.

    Raises `UserError` for an invalid price book or usage file.
    """
    usage = usage_file.of_stack(root, graph.stack, graph, request.usage)
    return estimate(graph, load() if book is None else book, request.purchase, usage)
