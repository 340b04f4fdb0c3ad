"""Pod Security of namespaces: labels with the profile, and annotations with the reason and end of an exception."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from groundwork.graph import Node, Placeholder

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
ENFORCE: Final = "pod-security.kubernetes.io/enforce"
REASON: Final = "groundwork.dev/pod-security-reason"
UNTIL: Final = "groundwork.dev/pod-security-until"
LEVEL: Final = "groundwork.dev/pod-security"
SETTING: Final = "teams.<team>.pod_security"


def label(node: Node, key: str) -> str | None:
    """A label of the namespace; None where it is missing or unknown."""
    return _text(node, "labels", key)


def annotation(node: Node, key: str) -> str | None:
    """An annotation of the namespace; None where it is missing or unknown."""
    return _text(node, "annotations", key)


def _text(node: Node, part: str, key: str) -> str | None:
    metadata: Any = node.inputs.get("metadata")
    entries: Any = metadata.get(part) if isinstance(metadata, Mapping) else None
    value = entries.get(key) if isinstance(entries, Mapping) else None
    return None if isinstance(value, Placeholder) else value
