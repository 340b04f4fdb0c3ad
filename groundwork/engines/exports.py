"""Read state exports, the output of ``pulumi stack export``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from groundwork.engines.real import node_of
from groundwork.errors import UserError
from groundwork.graph import Graph

HINT = "write one with: pulumi stack export --file FILE"


def read(file: Path, stack: str) -> Graph:
    """The graph in an export; raises `UserError` where the file is not a complete export of the stack."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{file}: is not a complete JSON document: {error}", HINT) from None
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}", HINT) from None
    deployment = document.get("deployment") if isinstance(document, dict) else None
    if not isinstance(deployment, dict):
        raise UserError(f"{file}: deployment: is missing, so this is not a stack export", HINT)
    try:
        nodes = [node_of(state) for state in deployment.get("resources") or () if not _is_pending_deletion(state)]
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise UserError(f"{file}: deployment.resources: an entry is not a resource ({error})", HINT) from None
    for node in nodes:
        if (exported := node.urn.split("::")[0].rpartition(":")[2]) != stack:
            raise UserError(f"{file}: is an export of stack {exported!r}, not of {stack!r}", f"use --stack {exported}")
    return Graph.of(stack, "export", nodes)


def _is_pending_deletion(state: dict[str, Any]) -> bool:
    """Whether a resource still has to be deleted, or was deleted to be replaced."""
    return bool(state.get("delete") or state.get("pendingReplacement"))
