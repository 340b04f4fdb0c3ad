"""The cost of a change, with the project's own usage on both sides: what `preview` adds to one estimate."""

from __future__ import annotations

from groundwork.cost import Estimate, estimate, load, usage_file
from groundwork.cost import request as requests
from groundwork.cost.change import Comparison
from groundwork.cost.request import Request
from groundwork.diff.change import Change
from groundwork.graph import Graph
from groundwork.project import Project

__all__ = ["Request", "compare", "price"]


def price(project: Project, request: Request, graph: Graph) -> Estimate:
    """The estimate of a graph; raises `UserError` for a price book or a usage file that cannot be used."""
    return requests.price(project.root, request, graph)


def compare(
    project: Project, request: Request, before: Graph | None, after: Graph, changes: list[Change]
) -> Comparison:
    """Two estimates at the same prices and with the same usage: what differs is what the change does.

    A resource that was renamed is one resource, and is expected to be used as before.
    """
    book = load()
    usage = usage_file.of_stack(project.root, after.stack, after, request.usage)
    renamed = {change.renamed_from: change.node.urn for change in changes if change.renamed_from}
    then = {**usage, **{old: usage[new] for old, new in renamed.items() if new in usage}}
    return Comparison(
        before=None if before is None else estimate(before, book, request.purchase, then),
        after=estimate(after, book, request.purchase, usage),
        renamed=renamed,
    )
