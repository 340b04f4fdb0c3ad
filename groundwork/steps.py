"""What changes, as the real engine's own preview says it: the provider has decided what is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from groundwork.changes import Change, Op, differences
from groundwork.engines.real import node_of
from groundwork.graph import Graph

OPS: Final[Mapping[str, Op]] = {
    "same": Op.SAME,
    "read": Op.SAME,
    "refresh": Op.SAME,
    "create": Op.CREATE,
    "import": Op.CREATE,
    "update": Op.UPDATE,
    "delete": Op.DELETE,
    "replace": Op.REPLACE,
    "create-replacement": Op.REPLACE,
    "delete-replaced": Op.REPLACE,
    "import-replacement": Op.REPLACE,
    "read-replacement": Op.REPLACE,
    "discard-replaced": Op.REPLACE,
    "discard": Op.DELETE,
    "remove-pending-replace": Op.SAME,
}


def changes_of(steps: list[dict[str, Any]]) -> list[Change]:
    """One change for each resource: a replacement takes several steps and is one change."""
    found: dict[str, Change] = {}
    for step in steps:
        op = OPS[step["op"]]
        old: Mapping[str, Any] | None = step.get("oldState")
        new: Mapping[str, Any] | None = step.get("newState")
        node = node_of(new or old or {})
        if node.urn in found and new is None:
            continue
        diff = tuple(differences(node_of(old), node_of(new))) if old and new else ()
        before = found.get(node.urn)
        found[node.urn] = Change(op, node, diff or (before.differences if before else ()))
    return [found[urn] for urn in sorted(found)]


def graph_of(stack: str, engine: str, steps: list[dict[str, Any]]) -> Graph:
    """What is declared after the steps."""
    nodes = {step["urn"]: node_of(step["newState"]) for step in steps if step.get("newState")}
    return Graph.of(stack, engine, list(nodes.values()))
