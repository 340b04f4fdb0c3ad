"""Costs for the rules on budgets: the same estimate as `groundwork cost`, made once for each graph."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from groundwork.cost import Book, Estimate, load, usage_file
from groundwork.cost.purchase import Purchase
from groundwork.cost.request import Request, price
from groundwork.documents import read
from groundwork.errors import UserError
from groundwork.graph import Graph
from groundwork.pack_environment import PROJECT, PURCHASE, USAGE

ROOT: Final = Path(__file__).resolve().parents[1]  # the project; the engine starts the pack in its own folder


@functools.cache
def book() -> Book:
    """The price book, read once for all rules."""
    return load()


class Prices:
    """Estimates of graphs of one project. The latest one is kept, since several rules need the same."""

    def __init__(self, root: Path = ROOT, request: Request | None = None) -> None:
        """`request` is how to price the graph; the default is that of `groundwork cost` without options."""
        self._root = root
        self._request = request or Request()
        self._latest: tuple[Graph, Estimate] | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Prices:
        """The prices that a preview asks for; raises `UserError` for an unknown purchase option."""
        purchase, usage = environment.get(PURCHASE) or Purchase.ON_DEMAND.value, environment.get(USAGE)
        if purchase not in set(Purchase):
            raise UserError(f"{PURCHASE}: unknown purchase option {purchase}", f"one of {', '.join(Purchase)}")
        request = Request(Purchase(purchase), Path(usage) if usage else None)
        return cls(Path(environment.get(PROJECT) or ROOT), request)

    def read(self, stack: str) -> None:
        """Read the price book and the stack's usage file; raises `UserError` where one is not valid.

        Whether the resources of the usage file exist is checked with a graph.
        """
        book()
        if (file := self._request.usage or usage_file.file_of(self._root, stack)) is not None:
            read(file)

    def __call__(self, graph: Graph) -> Estimate:
        """The estimate; raises `UserError` for a usage file that is not valid for the graph."""
        if self._latest is None or self._latest[0] != graph:
            self._latest = graph, price(self._root, self._request, graph, book())
        return self._latest[1]
