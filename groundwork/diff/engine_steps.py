"""The changes in the steps of a ``pulumi preview``, where the providers have decided what is replaced."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final

from groundwork.diff.change import Op, ReplaceReason, ResourceChange
from groundwork.diff.inputs import PropertyDiff, differences
from groundwork.diff.replacements import decide
from groundwork.diff.replacements.paths import parse, top
from groundwork.diff.retained import mark_retained
from groundwork.engines.real import node_of
from groundwork.graph import Graph, Node

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


def changes_of(steps: list[dict[str, Any]]) -> list[ResourceChange]:
    """One change for each resource, by URN; a replacement has several steps."""
    changes: dict[str, ResourceChange] = {}
    for step in steps:
        op = OPS[step["op"]]
        old: Mapping[str, Any] | None = step.get("oldState")
        new: Mapping[str, Any] | None = step.get("newState")
        node = node_of(new or old or {})
        if node.urn in changes and new is None:
            continue
        differing = tuple(differences(node_of(old), node_of(new))) if old and new else ()
        earlier_step = changes.get(node.urn)
        differing = differing or (earlier_step.differences if earlier_step else ())
        reasons = tuple(_reasons(step, differing)) if op is Op.REPLACE else ()
        reasons = reasons or (earlier_step.forced_by if earlier_step else ())
        renamed_from = old["urn"] if old and old["urn"] != node.urn else None
        changes[node.urn] = ResourceChange(op, node, differing, reasons, renamed_from)
    replaced = {urn for urn, change in changes.items() if change.op is Op.REPLACE}
    return mark_retained([_with_sources(changes[urn], replaced) for urn in sorted(changes)], _nodes_before(steps))


def _reasons(step: Mapping[str, Any], differing: tuple[PropertyDiff, ...]) -> Iterator[ReplaceReason]:
    """The inputs that the provider reports as the reason.

    It also reports outputs that the new resource will compute, which is a consequence. Where it decides in code, it
    reports only an internal key; then the reasons are those of `decide`.
    """
    detailed: Mapping[str, Mapping[str, Any]] = step.get("detailedDiff") or {}
    replacing = {path for path, detail in detailed.items() if str(detail.get("kind", "")).endswith("replace")}
    inputs = sorted(path for path in replacing if any(_overlap(path, difference.path) for difference in differing))
    keys = sorted({key for key in step.get("replaceReasons") or () if not key.startswith("__")})
    yield from (ReplaceReason(path) for path in inputs or keys or _decided(step, differing))


def _decided(step: Mapping[str, Any], differing: tuple[PropertyDiff, ...]) -> list[str]:
    """The differences that replace according to `decide`."""
    old, new = (node_of(step[key]).inputs if step.get(key) else {} for key in ("oldState", "newState"))
    kind = str(step["urn"]).split("::")[2].rpartition("$")[2]
    return [difference.path for difference in differing if decide.replaces(kind, difference.path, old, new)]


def _overlap(path: str, other: str) -> bool:
    """Whether two paths are equal, or one of them is a part of the other."""
    return all(key == other_key for key, other_key in zip(parse(path), parse(other), strict=False))


def _with_sources(change: ResourceChange, replaced: set[str]) -> ResourceChange:
    """The change with the replaced resources that its reasons depend on; the engine reports inputs only."""
    if change.op is not Op.REPLACE:
        return change
    node = change.node
    if not change.forced_by and node.provider in replaced:
        return dataclasses.replace(change, forced_by=(ReplaceReason("", node.provider),))
    shown = {difference.path for difference in change.differences}
    return dataclasses.replace(
        change,
        forced_by=tuple(
            ReplaceReason(path, None if path in shown else _source(node, path, replaced))
            for path in change.forcing_paths()
        ),
    )


def _source(node: Node, path: str, replaced: set[str]) -> str | None:
    """The URN of a replaced resource whose output is the input at `path`."""
    return next((urn for urn in node.property_dependencies.get(top(path), ()) if urn in replaced), None)


def graph_of(stack: str, engine: str, steps: list[dict[str, Any]]) -> Graph:
    """The declared resources, after the steps."""
    nodes = {step["urn"]: node_of(step["newState"]) for step in steps if step.get("newState")}
    return Graph.of(stack, engine, list(nodes.values()))


def graph_before(stack: str, steps: list[dict[str, Any]]) -> Graph:
    """The resources in the stack's state, before the steps."""
    return Graph.of(stack, "state", list(_nodes_before(steps).values()))


def _nodes_before(steps: list[dict[str, Any]]) -> dict[str, Node]:
    return {step["oldState"]["urn"]: node_of(step["oldState"]) for step in steps if step.get("oldState")}
