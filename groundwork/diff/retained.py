"""What stays where it is although it is deleted or replaced: the engine forgets it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from groundwork.diff.change import Change, Op
from groundwork.graph import Node

_GOES: Final = (Op.DELETE, Op.REPLACE)


def kept(changes: Sequence[Change], before: Mapping[str, Node]) -> list[Change]:
    """The changes, those marked whose resource stays; `before` are the old resources by the URN that they had.

    The old form decides, since that is what goes. An object goes with its cluster all the same: a provider that is
    deleted or replaced is one whose cluster is.
    """
    gone = {_earlier(change) for change in changes if change.op in _GOES}
    return [
        dataclasses.replace(change, kept=True)
        if change.op in _GOES and (node := before.get(_earlier(change))) and _stays(node, gone)
        else change
        for change in changes
    ]


def _stays(node: Node, gone: set[str]) -> bool:
    return node.retain_on_delete and node.provider not in gone


def _earlier(change: Change) -> str:
    return change.renamed_from or change.node.urn
