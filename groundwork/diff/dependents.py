"""Resources that are replaced because another one is: pools of a cluster, objects of a provider.

Source of the rules: calculateDependentReplacements and providerChanged in ``pkg/resource/deploy/step_generator.go`` of
pulumi/pulumi. Where the old resource is deleted before the new one is created, every resource that would be replaced
for the loss of its inputs is deleted first as well; otherwise its dependents see outputs that are unknown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from groundwork.diff.change import Op, ReplaceReason, ResourceChange
from groundwork.diff.inputs import PropertyDiff, is_ignored, unknown_paths, value_at
from groundwork.diff.replacements import decide
from groundwork.graph import Graph, Node, Placeholder

Changes = dict[str, ResourceChange]


class _Propagation:
    """The replacements so far, and which of them delete the old resource before they create the new one."""

    def __init__(
        self, changes: Changes, earlier: Mapping[str, Node], after: Graph, new_urns: Mapping[str, str]
    ) -> None:
        self.changes = changes
        self.earlier = earlier
        self.after = after
        self.new_urns = new_urns
        self.deleted_first = {urn for urn in earlier if self.is_replaced(urn) and self._deletes_first(urn)}

    def _deletes_first(self, urn: str) -> bool:
        node = self.after.nodes[urn]
        return decide.deletes_first(node.type, self.earlier[urn].inputs, node.inputs)

    def is_replaced(self, urn: str) -> bool:
        """Whether a resource is replaced, as far as is known."""
        return urn in self.changes and self.changes[urn].op is Op.REPLACE

    def update(self, node: Node) -> bool:
        """Decide about one resource again; returns whether that changed anything."""
        if node.urn not in self.deleted_first and (reasons := tuple(self._reasons_to_delete_first(node))):
            self.deleted_first.add(node.urn)
            self._replace(node.urn, reasons)
            return True
        if not self.is_replaced(node.urn) and (reasons := tuple(self._reasons_to_replace(node))):
            self._replace(node.urn, reasons)
            if self._deletes_first(node.urn):
                self.deleted_first.add(node.urn)
            return True
        return False

    def _replace(self, urn: str, reasons: tuple[ReplaceReason, ...]) -> None:
        change = self.changes[urn]
        self.changes[urn] = dataclasses.replace(change, op=Op.REPLACE, forced_by=change.forced_by or reasons)

    def _reasons_to_delete_first(self, node: Node) -> Iterator[ReplaceReason]:
        """Inputs of the old resource whose source is deleted before it is created again."""
        before = self.earlier[node.urn]
        if node.provider in self.deleted_first:
            yield ReplaceReason("", node.provider)
        for name, urns in before.property_dependencies.items():
            if decide.replaces_if_unknown(node.type, name, before.inputs.get(name)):
                sources = (self._new_urn(urn) for urn in urns)
                yield from (ReplaceReason(name, urn) for urn in sources if urn in self.deleted_first)

    def _reasons_to_replace(self, node: Node) -> Iterator[ReplaceReason]:
        """Inputs of the new resource that are unknown because their source is replaced."""
        if node.provider is not None and self.is_replaced(node.provider):
            yield ReplaceReason("", node.provider)
        before = self.earlier[node.urn]
        for path, urn in self.newly_unknown(node):
            if decide.replaces(node.type, path, before.inputs, node.inputs):
                yield ReplaceReason(path, urn)

    def newly_unknown(self, node: Node) -> Iterator[tuple[str, str]]:
        """The paths of inputs that are no longer known, each with the URN of its source."""
        before = self.earlier[node.urn]
        for name, urns in node.property_dependencies.items():
            old_sources = {self._new_urn(urn) for urn in before.property_dependencies.get(name, ())}
            paths = [path for path in unknown_paths(node.inputs.get(name), name) if not is_ignored(node, path)]
            sources = [urn for urn in urns if self.is_replaced(urn)]
            if not sources and old_sources.isdisjoint(urns):
                # The value has another source now; it was unknown before and is unknown still.
                sources = [urn for urn in urns if before.property_dependencies.get(name)]
                paths = [path for path in paths if value_at(before.inputs, path) is Placeholder.UNKNOWN]
            yield from ((path, sources[0]) for path in paths if sources)

    def _new_urn(self, urn: str) -> str:
        return self.new_urns.get(urn, urn)


def follow(changes: Changes, earlier: Mapping[str, Node], after: Graph, new_urns: Mapping[str, str]) -> None:
    """Add to `changes` the replacements and updates that follow from the replacements in it.

    `earlier` are the old resources by their new URNs, `new_urns` the new URNs of renamed resources by the old ones.
    """
    propagation = _Propagation(changes, earlier, after, new_urns)
    nodes = [node for node in after if node.custom and node.urn in earlier]
    # A dependent may have dependents itself, in any order of URNs: repeat until nothing changes.
    while sum(propagation.update(node) for node in nodes):
        pass
    for node in nodes:
        shown = {difference.path for difference in changes[node.urn].differences}
        added = tuple(
            PropertyDiff(path, value_at(earlier[node.urn].inputs, path), Placeholder.UNKNOWN)
            for path, _ in propagation.newly_unknown(node)
            if path not in shown
        )
        if added:
            change = changes[node.urn]
            op = Op.UPDATE if change.op is Op.SAME else change.op
            changes[node.urn] = dataclasses.replace(change, op=op, differences=(*change.differences, *added))
