"""The declared graph as a Mermaid flowchart of components and their dependencies."""

from __future__ import annotations

from collections.abc import Mapping

from groundwork.cost.estimate import Range
from groundwork.graph import Graph, Node
from groundwork.preview.cost_report import span
from groundwork.preview.tree import short_type


def text(graph: Graph, costs: Mapping[str, Range] | None = None) -> str:
    """A flowchart with one box for each top-level component, and an arrow from each to its dependents.

    `costs` are monthly costs by component, which are shown in the boxes unless they are zero. Resources inside
    components are left out, to keep the chart readable.
    """
    top = {node.urn: node for node in graph if not node.is_provider and _depth(graph, node) == 1}
    ids = {urn: f"n{index}" for index, urn in enumerate(top)}
    edges = {
        (ids[owner], ids[urn])
        for node in graph
        if (urn := _owner(graph, node, top)) is not None
        for dependency in node.dependencies
        if (needed := graph.nodes.get(dependency)) is not None
        and (owner := _owner(graph, needed, top)) is not None
        and owner != urn
    }
    boxes = [f'  {ids[urn]}["{_label(node, costs or {})}"]' for urn, node in top.items()]
    arrows = [
        f"  {source} --> {target}"
        for source, target in sorted(edges, key=lambda edge: (int(edge[0][1:]), int(edge[1][1:])))
    ]
    return "\n".join(["flowchart LR", *boxes, *arrows]) + "\n"


def _label(node: Node, costs: Mapping[str, Range]) -> str:
    cost = costs.get(node.name, Range())
    lines = [node.name, short_type(node.type), *([f"{span(cost.low, cost.high)} a month"] if cost.high else [])]
    return "<br/>".join(lines)


def _depth(graph: Graph, node: Node) -> int:
    depth = 0
    while node.parent is not None and node.parent in graph.nodes:
        node, depth = graph.nodes[node.parent], depth + 1
    return depth


def _owner(graph: Graph, node: Node, top: dict[str, Node]) -> str | None:
    """The URN of a node's top-level component; None where it has none."""
    while node.urn not in top:
        if node.parent is None or node.parent not in graph.nodes:
            return None
        node = graph.nodes[node.parent]
    return node.urn
