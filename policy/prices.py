"""What the graph costs, for the rules that judge money: reckoned as `groundwork cost` does, and once for each graph."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from groundwork.cost import Estimate, load, usage_file
from groundwork.cost.purchase import Purchase
from groundwork.cost.request import Request, price
from groundwork.documents import read
from groundwork.errors import UserError
from groundwork.graph import Graph

ROOT: Final = Path(__file__).resolve().parents[1]  # the project: the engine starts the pack in its own folder

# A preview that was asked to price things in another way says so here, so that its verdict is about its own figures.
PROJECT: Final = "GROUNDWORK_PROJECT"
PURCHASE: Final = "GROUNDWORK_PURCHASE"
USAGE: Final = "GROUNDWORK_USAGE"


class Prices:
    """Estimates of graphs of one project. Two rules and the list of waivers ask for the same one, which is kept."""

    def __init__(self, root: Path = ROOT, request: Request | None = None) -> None:
        """`request` is how to price things; as `groundwork cost` does without options where it is left out."""
        self._root = root
        self._request = request or Request()
        self._kept: tuple[Graph, Estimate] | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Prices:
        """As a preview asks for; raises `UserError` for a way to buy that is none."""
        way, usage = environment.get(PURCHASE) or Purchase.ON_DEMAND.value, environment.get(USAGE)
        if way not in set(Purchase):
            raise UserError(f"{PURCHASE}: {way} is no way to buy", f"one of {', '.join(Purchase)}")
        request = Request(Purchase(way), Path(usage) if usage else None)
        return cls(Path(environment.get(PROJECT) or ROOT), request)

    def read(self, stack: str) -> None:
        """Read the price book and the stack's usage; raises `UserError` for what cannot be read.

        Whether a key of the usage leads somewhere is only seen with a graph.
        """
        load()
        if (file := self._request.usage or usage_file.file_of(self._root, stack)) is not None:
            read(file)

    def __call__(self, graph: Graph) -> Estimate:
        """The estimate; raises `UserError` for a usage file that cannot be used."""
        if self._kept is None or self._kept[0] != graph:
            self._kept = graph, price(self._root, self._request, graph)
        return self._kept[1]
