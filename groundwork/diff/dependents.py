"""What is replaced because something else is: a pool with its cluster, objects with the provider that made them.

Source of the rules: calculateDependentReplacements and providerChanged in ``pkg/resource/deploy/step_generator.go`` of
pulumi/pulumi. Where the old resource goes before the new one comes, everything that would be replaced for losing it
goes first; where the new one comes first, what depends on it sees values that are not known yet.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from groundwork.diff.change import Change, Forced, Op
from groundwork.diff.inputs import Difference, ignored, unknown, value_at
from groundwork.diff.replacements import decide
from groundwork.graph import Graph, Node, Placeholder

Changes = dict[str, Change]


class _Follower:
    """The state of one walk: what is replaced so far, and what of it goes before its successor comes."""

    def __init__(self, changes: Changes, earlier: Mapping[str, Node], after: Graph, moved: Mapping[str, str]) -> None:
        self.changes = changes
        self.earlier = earlier
        self.after = after
        self.moved = moved
        self.first = {urn for urn in earlier if self.replaced(urn) and decide.deletes_first(*self._both(urn))}

    def _both(self, urn: str) -> tuple[str, Mapping[str, object], Mapping[str, object]]:
        return self.after.nodes[urn].type, self.earlier[urn].inputs, self.after.nodes[urn].inputs

    def replaced(self, urn: str) -> bool:
        """Whether a resource is replaced, as far as is known."""
        return urn in self.changes and self.changes[urn].op is Op.REPLACE

    def step(self, node: Node) -> bool:
        """Look at one resource again; whether there was anything new to say of it."""
        if node.urn not in self.first and (forced := tuple(self._goes_first(node))):
            self.first.add(node.urn)
            self._replace(node.urn, forced)
            return True
        if not self.replaced(node.urn) and (forced := tuple(self._comes_after(node))):
            self._replace(node.urn, forced)
            if decide.deletes_first(*self._both(node.urn)):
                self.first.add(node.urn)
            return True
        return False

    def _replace(self, urn: str, forced: tuple[Forced, ...]) -> None:
        change = self.changes[urn]
        self.changes[urn] = dataclasses.replace(change, op=Op.REPLACE, forced_by=change.forced_by or forced)

    def _goes_first(self, node: Node) -> Iterator[Forced]:
        """Why a resource is deleted along with one that is deleted first: by what it was, since that is deleted."""
        before = self.earlier[node.urn]
        if node.provider in self.first:
            yield Forced("", node.provider)
        for name, urns in before.property_dependencies.items():
            if decide.forces_unknown(node.type, name, before.inputs.get(name)):
                yield from (Forced(name, urn) for urn in map(self._now, urns) if urn in self.first)

    def _comes_after(self, node: Node) -> Iterator[Forced]:
        """Why a resource is replaced for a value of another one that is not known yet."""
        if node.provider is not None and self.replaced(node.provider):
            yield Forced("", node.provider)
        before = self.earlier[node.urn]
        for path, urn in self.unsettled(node):
            if decide.forces(node.type, path, before.inputs, node.inputs):
                yield Forced(path, urn)

    def unsettled(self, node: Node) -> Iterator[tuple[str, str]]:
        """The inputs that are no longer known, each with the resource that it comes from."""
        before = self.earlier[node.urn]
        for name, urns in node.property_dependencies.items():
            was = {self._now(urn) for urn in before.property_dependencies.get(name, ())}
            paths = [path for path in unknown(node.inputs.get(name), name) if not ignored(node, path)]
            new = [urn for urn in urns if self.replaced(urn)]
            if not new and was.isdisjoint(urns):
                # It comes from somewhere else now; nobody knew it before, and nobody does now.
                new = [urn for urn in urns if before.property_dependencies.get(name)]
                paths = [path for path in paths if value_at(before.inputs, path) is Placeholder.UNKNOWN]
            yield from ((path, new[0]) for path in paths if new)

    def _now(self, urn: str) -> str:
        return self.moved.get(urn, urn)


def follow(changes: Changes, earlier: Mapping[str, Node], after: Graph, moved: Mapping[str, str]) -> None:
    """Write into `changes` what is replaced or updated along with what they replace already.

    `earlier` are the old resources by the URN that they have now, `moved` new URNs by old ones.
    """
    walk = _Follower(changes, earlier, after, moved)
    nodes = [node for node in after if node.custom and node.urn in earlier]
    # What follows may be followed itself, in any order of URNs.
    while sum(walk.step(node) for node in nodes):
        pass
    for node in nodes:
        shown = {found.path for found in changes[node.urn].differences}
        new = tuple(
            Difference(path, value_at(earlier[node.urn].inputs, path), Placeholder.UNKNOWN)
            for path, _ in walk.unsettled(node)
            if path not in shown
        )
        if new:
            change = changes[node.urn]
            op = Op.UPDATE if change.op is Op.SAME else change.op
            changes[node.urn] = dataclasses.replace(change, op=op, differences=(*change.differences, *new))
