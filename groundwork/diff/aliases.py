"""Resources that moved: what a new URN was called before, by its aliases and by those of its parents.

Source of the rules: generateAliases and inheritedChildAlias in ``pkg/resource/deploy/step_generator.go`` of
pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundwork.graph import Graph, Node, type_chain


def renamed(before: Graph, after: Graph) -> dict[str, str]:
    """The old URN of each resource that has another one now, by its new one."""
    found: dict[str, str] = {}
    for node in sorted(after, key=lambda node: _depth(after, node)):
        if node.urn in before.nodes:
            continue
        for urn in _earlier(node, found):
            # What another resource is called now is that resource.
            if urn in before.nodes and urn not in after.nodes and urn not in found.values():
                found[node.urn] = urn
                break
    return found


def _earlier(node: Node, found: Mapping[str, str]) -> Iterator[str]:
    """The URNs that a resource may have had: its own aliases, then those that follow from how its parent moved."""
    yield from node.aliases
    if node.parent is not None and node.parent in found:
        old = found[node.parent]
        for urn in (node.urn, *node.aliases):
            yield _below(old, node.parent, urn)


def _below(old: str, new: str, urn: str) -> str:
    """The URN of a child under the parent's old URN; a name that begins with the parent's name moves with it."""
    stack, project, chain, name = urn.split("::", 3)
    before, after = old.split("::", 3)[3], new.split("::", 3)[3]
    if name.startswith(after):
        name = before + name.removeprefix(after)
    return f"{stack}::{project}::{type_chain(old, chain.rpartition('$')[2])}::{name}"


def _depth(graph: Graph, node: Node) -> int:
    """How many parents a resource has."""
    parent = graph.nodes.get(node.parent or "")
    return 0 if parent is None else 1 + _depth(graph, parent)
