"""Resources that were renamed: the old URN of a new one, by its aliases and those of its parents.

Source of the rules: generateAliases and inheritedChildAlias in ``pkg/resource/deploy/step_generator.go`` of
pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundwork.graph import Graph, Node, type_chain


def renamed(before: Graph, after: Graph) -> dict[str, str]:
    """The old URNs of renamed resources, by the new ones."""
    old_urns: dict[str, str] = {}
    for node in sorted(after, key=lambda node: _depth(after, node)):
        if node.urn in before.nodes:
            continue
        for urn in _earlier_urns(node, old_urns):
            # An old URN that is still declared belongs to that resource.
            if urn in before.nodes and urn not in after.nodes and urn not in old_urns.values():
                old_urns[node.urn] = urn
                break
    return old_urns


def _earlier_urns(node: Node, old_urns: Mapping[str, str]) -> Iterator[str]:
    """The URNs that a resource may have had: those of its aliases, then those that follow from its parent's old URN."""
    yield from node.aliases
    if node.parent is not None and node.parent in old_urns:
        old_parent = old_urns[node.parent]
        for urn in (node.urn, *node.aliases):
            yield _below(old_parent, node.parent, urn)


def _below(old: str, new: str, urn: str) -> str:
    """The URN of a child under its parent's old URN; a parent's name at the start of its name is renamed as well."""
    stack, project, chain, name = urn.split("::", 3)
    old_name, new_name = old.split("::", 3)[3], new.split("::", 3)[3]
    if name.startswith(new_name):
        name = old_name + name.removeprefix(new_name)
    return f"{stack}::{project}::{type_chain(old, chain.rpartition('$')[2])}::{name}"


def _depth(graph: Graph, node: Node) -> int:
    """The number of a resource's parents."""
    parent = graph.nodes.get(node.parent or "")
    return 0 if parent is None else 1 + _depth(graph, parent)
