"""What changes between two graphs."""

from __future__ import annotations

from groundwork.diff import dependents, retained
from groundwork.diff.aliases import renamed
from groundwork.diff.change import Change, Forced, Op
from groundwork.diff.inputs import Difference, differences
from groundwork.diff.replacements import decide
from groundwork.diff.replacements.table import KUBERNETES
from groundwork.graph import Graph, Node

__all__ = ["Change", "Difference", "Forced", "Op", "between", "count", "differences", "undecided"]


def between(before: Graph | None, after: Graph) -> list[Change]:
    """Every resource of both graphs with what happens to it, in the order of URNs; all are new where `before` is None.

    What a plugin makes inside a component of its own is in a state and in no plan, and it registers the component
    without what the program said of it: neither is a change.

    `replacements` decides what a provider would replace for its own inputs, `dependents` what is replaced with that,
    and `retained` what stays in the cloud all the same.
    """
    remote = {node.urn for node in after if not node.custom and node.provider is not None}
    names = {} if before is None else renamed(before, after)
    owners = remote | {names[urn] for urn in remote & names.keys()}
    old = {} if before is None else {node.urn: node for node in before if not _within(before, node, owners)}
    earlier = {urn: old[name] for urn in after.nodes if (name := names.get(urn, urn)) in old}
    found = [Change(Op.DELETE, node) for urn, node in old.items() if urn not in {*after.nodes, *names.values()}]
    for node in after:
        if node.urn in earlier:
            silent = node.urn in remote and earlier[node.urn].provider is None
            found.append(_change(earlier[node.urn], node, after, names, silent=silent))
        else:
            found.append(Change(Op.CREATE, node))
    changes = {change.node.urn: change for change in found}
    dependents.follow(changes, earlier, after, {name: urn for urn, name in names.items()})
    return retained.kept([changes[urn] for urn in sorted(changes)], old)


def _change(before: Node, after: Node, graph: Graph, names: dict[str, str], *, silent: bool) -> Change:
    """What happens to one resource that is in both graphs."""
    found = () if silent else tuple(differences(before, after))
    provider = graph.provider_of(after)
    config = {} if provider is None else provider.inputs
    forced = [
        Forced(difference.path)
        for difference in found
        if after.custom and decide.forces(after.type, difference.path, before.inputs, after.inputs, config)
    ]
    # Another provider of Kubernetes is another cluster; another one of Google Cloud is another name for it.
    moved = before.provider and after.provider and before.provider != names.get(after.provider, after.provider)
    if moved and after.custom and after.type.startswith(KUBERNETES):
        forced.append(Forced("", after.provider))
    op = Op.REPLACE if forced else Op.UPDATE if found else Op.SAME
    return Change(op, after, found, tuple(forced), None if before.urn == after.urn else before.urn)


def _within(graph: Graph, node: Node, owners: set[str]) -> bool:
    """Whether a node lies below one of these components."""
    parent = graph.nodes.get(node.parent or "")
    return parent is not None and (parent.urn in owners or _within(graph, parent, owners))


def undecided(changes: list[Change]) -> list[str]:
    """The types among what is updated of which nobody wrote down what replaces them."""
    return sorted(
        {
            change.node.type
            for change in changes
            if change.op is Op.UPDATE and change.node.custom and not decide.known(change.node.type)
        }
    )


def count(changes: list[Change]) -> dict[str, int]:
    """How many resources each operation has, in the order of the contract's keys; what is kept counts as deleted."""
    order = (Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE, Op.SAME)
    return {op.value: sum(change.op is op for change in changes) for op in order}
