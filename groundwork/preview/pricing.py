"""The cost of a change."""

from __future__ import annotations

from groundwork.cost import estimate, load, usage_file
from groundwork.cost.change import Comparison
from groundwork.cost.request import Request
from groundwork.diff.change import ResourceChange
from groundwork.graph import Graph
from groundwork.project import Project


def compare_costs(
    project: Project, request: Request, before: Graph | None, after: Graph, changes: list[ResourceChange]
) -> Comparison:
    """Two estimates at the same prices and with the same expected usage, so that they differ by the changes alone.

    A renamed resource is the same resource, with the same usage.
    """
    book = load()
    usage = usage_file.of_stack(project.root, after.stack, after, request.usage)
    renamed = {change.renamed_from: change.node.urn for change in changes if change.renamed_from}
    usage_before = {**usage, **{old: usage[new] for old, new in renamed.items() if new in usage}}
    return Comparison(
        before=None if before is None else estimate(before, book, request.purchase, usage_before),
        after=estimate(after, book, request.purchase, usage),
        renamed=renamed,
    )
