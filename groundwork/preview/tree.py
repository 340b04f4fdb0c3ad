"""The changes as a tree of components and their resources."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from rich.tree import Tree

from groundwork.diff.change import Op, ResourceChange
from groundwork.graph import Node

STYLES = {Op.CREATE: ("+", "green"), Op.UPDATE: ("~", "yellow"), Op.REPLACE: ("±", "magenta"),
          Op.DELETE: ("-", "red"), Op.SAME: (" ", "dim")}  # fmt: skip


def short_type(kind: str) -> str:
    """A type without its package: ``storage Bucket`` for ``gcp:storage/bucket:Bucket``; the class of a component."""
    package, module, name = (*kind.split(":"), "", "")[:3]
    if package == "groundwork":
        return name
    if package == "pulumi":
        return f"{name or module} provider" if module == "providers" else name
    return f"{module.partition('/')[0]} {name}"


def build(changes: list[ResourceChange], describe: Callable[[ResourceChange], Text]) -> Tree:
    """A tree of all resources under the stack; `describe` gives the label of each."""
    nodes = {change.node.urn: change for change in changes}
    children: dict[str | None, list[ResourceChange]] = {}
    for change in changes:
        parent = change.node.parent if change.node.parent in nodes else None
        children.setdefault(parent, []).append(change)
    roots = children.get(None, [])
    stack = next((change for change in roots if change.node.parent is None and change.node.urn in children), None)
    tree = Tree(Text(stack.node.name if stack else "resources", style="bold"), guide_style="dim")
    top = children.get(stack.node.urn, []) if stack else roots
    for change in sorted(top, key=_order):
        _grow(tree, change, children, describe)
    return tree


def _order(change: ResourceChange) -> tuple[bool, str, str]:
    """Components by type and name, then other resources."""
    return (change.node.custom, change.node.type, change.node.name)


def _grow(
    tree: Tree,
    change: ResourceChange,
    children: dict[str | None, list[ResourceChange]],
    describe: Callable[[ResourceChange], Text],
) -> None:
    branch = tree.add(describe(change))
    for child in sorted(children.get(change.node.urn, []), key=_order):
        _grow(branch, child, children, describe)


def label(change: ResourceChange) -> Text:
    """One line of the tree: the operation's sign, the name and the type."""
    sign, style = STYLES[change.op]
    return Text.assemble((f"{sign} ", style), _name(change.node), "  ", (short_type(change.node.type), "dim"))


def _name(node: Node) -> tuple[str, str]:
    return (node.name, "" if node.custom else "bold")
