"""Resources with `retainOnDelete`: deleted or replaced in the state, and not deleted in the cloud."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from groundwork.diff.change import Op, ResourceChange
from groundwork.graph import Node

_REMOVED: Final = (Op.DELETE, Op.REPLACE)


def mark_retained(changes: Sequence[ResourceChange], before: Mapping[str, Node]) -> list[ResourceChange]:
    """The changes, with `retained` set; `before` are the old resources by their old URNs.

    The option of the old resource counts, since that is the one removed. An object in a cluster that is deleted or
    replaced is lost all the same; then its provider is deleted or replaced too.
    """
    removed = {_old_urn(change) for change in changes if change.op in _REMOVED}
    return [
        dataclasses.replace(change, retained=True)
        if change.op in _REMOVED and (node := before.get(_old_urn(change))) and _is_retained(node, removed)
        else change
        for change in changes
    ]


def _is_retained(node: Node, removed: set[str]) -> bool:
    return node.retain_on_delete and node.provider not in removed


def _old_urn(change: ResourceChange) -> str:
    return change.renamed_from or change.node.urn
