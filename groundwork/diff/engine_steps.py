"""What changes, as the real engine's own preview says it: the provider has decided what is replaced."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final

from groundwork.diff import retained
from groundwork.diff.compare import Change, Difference, Forced, Op, differences
from groundwork.diff.replacements import decide
from groundwork.diff.replacements.paths import parse, top
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
        diff = diff or (before.differences if before else ())
        forced = tuple(_forced(step, diff)) if op is Op.REPLACE else ()
        renamed = old["urn"] if old and old["urn"] != node.urn else None
        found[node.urn] = Change(op, node, diff, forced or (before.forced_by if before else ()), renamed)
    replaced = {urn for urn, change in found.items() if change.op is Op.REPLACE}
    return retained.kept([_following(found[urn], replaced) for urn in sorted(found)], _before(steps))


def _forced(step: Mapping[str, Any], found: tuple[Difference, ...]) -> Iterator[Forced]:
    """The inputs that the provider names as the reason.

    It also marks whatever the new resource will compute, which is a consequence, and where it decides in code it names
    a key of its own: then the reason is what is written down of it.
    """
    detailed: Mapping[str, Mapping[str, Any]] = step.get("detailedDiff") or {}
    marked = {path for path, detail in detailed.items() if str(detail.get("kind", "")).endswith("replace")}
    named = sorted(path for path in marked if any(_touches(path, difference.path) for difference in found))
    keys = sorted({key for key in step.get("replaceReasons") or () if not key.startswith("__")})
    yield from (Forced(path) for path in named or keys or _decided(step, found))


def _decided(step: Mapping[str, Any], found: tuple[Difference, ...]) -> list[str]:
    """The differences that replace as far as is known without the provider."""
    old, new = (node_of(step[key]).inputs if step.get(key) else {} for key in ("oldState", "newState"))
    kind = str(step["urn"]).split("::")[2].rpartition("$")[2]
    return [difference.path for difference in found if decide.forces(kind, difference.path, old, new)]


def _touches(path: str, other: str) -> bool:
    """Whether two paths are one, or one of them a part of the other."""
    one, two = parse(path), parse(other)
    length = min(len(one), len(two))
    return one[:length] == two[:length]


def _following(change: Change, replaced: set[str]) -> Change:
    """The change with the replaced resources that its reasons come from; the engine names inputs only."""
    if change.op is not Op.REPLACE:
        return change
    node = change.node
    if not change.forced_by and node.provider in replaced:
        return dataclasses.replace(change, forced_by=(Forced("", node.provider),))
    sources = {
        found.path: next((urn for urn in node.property_dependencies.get(top(found.path), ()) if urn in replaced), None)
        for found in change.forced_by
    }
    shown = {difference.path for difference in change.differences}
    return dataclasses.replace(
        change,
        forced_by=tuple(Forced(path, None if path in shown else source) for path, source in sources.items()),
    )


def graph_of(stack: str, engine: str, steps: list[dict[str, Any]]) -> Graph:
    """What is declared after the steps."""
    nodes = {step["urn"]: node_of(step["newState"]) for step in steps if step.get("newState")}
    return Graph.of(stack, engine, list(nodes.values()))


def graph_before(stack: str, steps: list[dict[str, Any]]) -> Graph:
    """What was there before the steps, as the stack's state has it."""
    return Graph.of(stack, "state", list(_before(steps).values()))


def _before(steps: list[dict[str, Any]]) -> dict[str, Node]:
    return {step["oldState"]["urn"]: node_of(step["oldState"]) for step in steps if step.get("oldState")}
