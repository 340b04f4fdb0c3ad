"""From graphs to estimates with the project's own usage: what `cost`, `preview` and `graph` share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from groundwork.change import Change
from groundwork.cost import Estimate, declared, estimate, load
from groundwork.cost.change import Comparison
from groundwork.cost.purchase import Purchase
from groundwork.graph import Graph
from groundwork.project import Project


@dataclass(frozen=True)
class Request:
    """How somebody wants things priced; `usage` is a file in place of the stack's own."""

    purchase: Purchase = Purchase.ON_DEMAND
    usage: Path | None = None


def price(project: Project, request: Request, graph: Graph) -> Estimate:
    """The estimate of a graph; raises `UserError` for a price book or a usage file that cannot be used."""
    book = load()
    usage = declared.of_stack(project.root, graph.stack, graph, request.usage)
    return estimate(graph, book, request.purchase, usage)


def compare(
    project: Project, request: Request, before: Graph | None, after: Graph, changes: list[Change]
) -> Comparison:
    """Two estimates at the same prices and with the same usage: what differs is what the change does.

    A resource that was renamed is one resource, and is expected to be used as before.
    """
    book = load()
    usage = declared.of_stack(project.root, after.stack, after, request.usage)
    renamed = {change.renamed_from: change.node.urn for change in changes if change.renamed_from}
    then = {**usage, **{old: usage[new] for old, new in renamed.items() if new in usage}}
    return Comparison(
        before=None if before is None else estimate(before, book, request.purchase, then),
        after=estimate(after, book, request.purchase, usage),
        renamed=renamed,
    )
