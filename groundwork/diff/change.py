"""What happens to one resource."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from groundwork.diff.inputs import Difference
from groundwork.graph import Node


class Op(enum.StrEnum):
    """What happens to a resource. The order is that of a report: what destroys comes first."""

    DELETE = "delete"
    REPLACE = "replace"
    UPDATE = "update"
    CREATE = "create"
    SAME = "same"


@dataclass(frozen=True)
class Forced:
    """Why a resource is replaced: an input that cannot change in place, or a resource that it goes with, or both.

    `path` is "" where no input forces it: the provider of a resource is replaced, and all that it made with it.
    """

    path: str
    follows: str | None = None


@dataclass(frozen=True)
class Change:
    """What happens to one resource, and the inputs that make it happen. `node` is the newest form there is.

    `forced_by` says why a resource is replaced, `renamed_from` what it was called before. `kept` is whether what goes
    stays where it is, and the engine only forgets it.
    """

    op: Op
    node: Node
    differences: tuple[Difference, ...] = ()
    forced_by: tuple[Forced, ...] = ()
    renamed_from: str | None = None
    kept: bool = False

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        follows = sorted({found.follows for found in self.forced_by if found.follows})
        return {
            "op": self.op.value,
            "urn": self.node.urn,
            "diff": [difference.to_json() for difference in self.differences],
            **({"forcedBy": self.forcing()} if self.op is Op.REPLACE else {}),
            **({"follows": follows} if follows else {}),
            **({"kept": True} if self.kept else {}),
        }

    def forcing(self) -> list[str]:
        """The paths of the inputs that force a replacement."""
        return list(dict.fromkeys(found.path for found in self.forced_by if found.path))
