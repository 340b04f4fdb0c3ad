"""State files: what ``pulumi stack export`` writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from groundwork.engines.real import node_of
from groundwork.errors import UserError
from groundwork.graph import Graph

HINT = "make one with: pulumi stack export --file FILE"


def read(file: Path, stack: str) -> Graph:
    """The graph in an export; raises `UserError` where the file is not a whole one."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{file}: is not a whole JSON document: {error}", HINT) from None
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}", HINT) from None
    deployment = document.get("deployment") if isinstance(document, dict) else None
    if not isinstance(deployment, dict):
        raise UserError(f"{file}: deployment: is missing, so this is no stack export", HINT)
    try:
        nodes = [node_of(state) for state in deployment.get("resources") or () if _exists(state)]
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise UserError(f"{file}: deployment.resources: an entry is not a resource ({error})", HINT) from None
    for node in nodes:
        if (found := node.urn.split("::")[0].rpartition(":")[2]) != stack:
            raise UserError(f"{file}: is an export of stack {found!r}, not of {stack!r}", f"use --stack {found}")
    return Graph.of(stack, "export", nodes)


def _exists(state: dict[str, Any]) -> bool:
    """Whether a resource is still there: one that waits to be deleted, or was deleted to be replaced, is not."""
    return not state.get("delete") and not state.get("pendingReplacement")
