"""The change of one resource."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from groundwork.diff.inputs import PropertyDiff
from groundwork.graph import Node


class Op(enum.StrEnum):
    """The operation on a resource, in the order of a report: destructive ones first."""

    DELETE = "delete"
    REPLACE = "replace"
    UPDATE = "update"
    CREATE = "create"
    SAME = "same"


@dataclass(frozen=True)
class ReplaceReason:
    """Why a resource is replaced: an input that cannot change in place, or another resource that is replaced, or both.

    `path` is the input, or "" where the cause is the resource's provider; `follows` is the URN of the other resource.
    """

    path: str
    follows: str | None = None


@dataclass(frozen=True)
class ResourceChange:
    """The operation on one resource, and the properties that differ. `node` is the new form, or the old if deleted.

    `forced_by` are the reasons of a replacement, `renamed_from` is the old URN of a renamed resource. `retained` is
    whether the deleted or replaced resource is not deleted in the cloud, only removed from the state.
    """

    op: Op
    node: Node
    differences: tuple[PropertyDiff, ...] = ()
    forced_by: tuple[ReplaceReason, ...] = ()
    renamed_from: str | None = None
    retained: bool = False

    def to_json(self) -> dict[str, Any]:
        """The change in the form of ``preview --json``."""
        follows = sorted({reason.follows for reason in self.forced_by if reason.follows})
        return {
            "op": self.op.value,
            "urn": self.node.urn,
            "diff": [difference.to_json() for difference in self.differences],
            **({"forcedBy": self.forcing_paths()} if self.op is Op.REPLACE else {}),
            **({"follows": follows} if follows else {}),
            **({"retained": True} if self.retained else {}),
        }

    def forcing_paths(self) -> list[str]:
        """The paths of the inputs that force a replacement."""
        return list(dict.fromkeys(reason.path for reason in self.forced_by if reason.path))
