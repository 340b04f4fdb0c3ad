"""The changes between two graphs."""

from __future__ import annotations

from groundwork.diff import dependents
from groundwork.diff.aliases import renamed
from groundwork.diff.change import Op, ReplaceReason, ResourceChange
from groundwork.diff.inputs import differences
from groundwork.diff.replacements import decide
from groundwork.diff.replacements.table import KUBERNETES
from groundwork.diff.retained import mark_retained
from groundwork.graph import Graph, Node


def between(before: Graph | None, after: Graph) -> list[ResourceChange]:
    """The change of every resource of both graphs, by URN; all are created where `before` is None.

    A component that a provider plugin constructs is in a state without its inputs, and with children that a plan does
    not have: neither is a change.

    `decide` tells which inputs a provider replaces for, `dependents` what is replaced as a consequence, and `retained`
    what is not deleted in the cloud.
    """
    remote = {node.urn for node in after if not node.custom and node.provider is not None}
    old_urns = {} if before is None else renamed(before, after)
    constructed = remote | {old_urns[urn] for urn in remote & old_urns.keys()}
    old = {} if before is None else {node.urn: node for node in before if not _is_below(before, node, constructed)}
    earlier = {urn: old[old_urn] for urn in after.nodes if (old_urn := old_urns.get(urn, urn)) in old}
    still_declared = {*after.nodes, *old_urns.values()}
    changes = {urn: ResourceChange(Op.DELETE, node) for urn, node in old.items() if urn not in still_declared}
    for node in after:
        if node.urn in earlier:
            without_inputs = node.urn in remote and earlier[node.urn].provider is None
            changes[node.urn] = _change(earlier[node.urn], node, after, old_urns, without_inputs=without_inputs)
        else:
            changes[node.urn] = ResourceChange(Op.CREATE, node)
    dependents.follow(changes, earlier, after, {old_urn: urn for urn, old_urn in old_urns.items()})
    return mark_retained([changes[urn] for urn in sorted(changes)], old)


def _change(
    before: Node, after: Node, graph: Graph, old_urns: dict[str, str], *, without_inputs: bool
) -> ResourceChange:
    """The change of a resource that is in both graphs."""
    differing = () if without_inputs else tuple(differences(before, after))
    provider = graph.provider_of(after)
    config = {} if provider is None else provider.inputs
    reasons = [
        ReplaceReason(difference.path)
        for difference in differing
        if after.custom and decide.replaces(after.type, difference.path, before.inputs, after.inputs, config)
    ]
    # Another provider of Kubernetes is another cluster; another one of Google Cloud manages the same resource.
    moved = before.provider and after.provider and before.provider != old_urns.get(after.provider, after.provider)
    if moved and after.custom and after.type.startswith(KUBERNETES):
        reasons.append(ReplaceReason("", after.provider))
    op = Op.REPLACE if reasons else Op.UPDATE if differing else Op.SAME
    return ResourceChange(op, after, differing, tuple(reasons), None if before.urn == after.urn else before.urn)


def _is_below(graph: Graph, node: Node, components: set[str]) -> bool:
    """Whether one of these components is a parent of a node, at any level."""
    parent = graph.nodes.get(node.parent or "")
    return parent is not None and (parent.urn in components or _is_below(graph, parent, components))


def undecided(changes: list[ResourceChange]) -> list[str]:
    """The types of updated resources whose replacement rules are unknown."""
    return sorted(
        {
            change.node.type
            for change in changes
            if change.op is Op.UPDATE and change.node.custom and not decide.is_known(change.node.type)
        }
    )


def count(changes: list[ResourceChange]) -> dict[str, int]:
    """The number of resources by operation, in the order of the contract's keys; includes retained resources."""
    order = (Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE, Op.SAME)
    return {op.value: sum(change.op is op for change in changes) for op in order}
