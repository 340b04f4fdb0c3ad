"""The declared graph as a tree of components."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from rich.tree import Tree

from groundwork.diff.compare import Change, Op
from groundwork.graph import Node

STYLES = {Op.CREATE: ("+", "green"), Op.UPDATE: ("~", "yellow"), Op.REPLACE: ("±", "magenta"),
          Op.DELETE: ("-", "red"), Op.SAME: (" ", "dim")}  # fmt: skip


def short_type(kind: str) -> str:
    """A type as a person says it: ``gcp:storage/bucket:Bucket`` is ``storage Bucket``; our own keep their class."""
    package, module, name = (*kind.split(":"), "", "")[:3]
    if package == "groundwork":
        return name
    if package == "pulumi":
        return f"{name or module} provider" if module == "providers" else name
    return f"{module.partition('/')[0]} {name}"


def build(changes: list[Change], describe: Callable[[Change], Text]) -> Tree:
    """A tree of all resources under the stack, components with the number of resources that they own."""
    nodes = {change.node.urn: change for change in changes}
    children: dict[str | None, list[Change]] = {}
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


def _order(change: Change) -> tuple[bool, str, str]:
    """Components by type and name; what has no component comes last."""
    return (change.node.custom, change.node.type, change.node.name)


def _grow(
    tree: Tree, change: Change, children: dict[str | None, list[Change]], describe: Callable[[Change], Text]
) -> None:
    branch = tree.add(describe(change))
    for child in sorted(children.get(change.node.urn, []), key=_order):
        _grow(branch, child, children, describe)


def label(change: Change) -> Text:
    """One line of the tree: what happens, the name, the type."""
    sign, style = STYLES[change.op]
    return Text.assemble((f"{sign} ", style), _name(change.node), "  ", (short_type(change.node.type), "dim"))


def _name(node: Node) -> tuple[str, str]:
    return (node.name, "" if node.custom else "bold")
