"""Reading what a resource declares. Whatever a price needs and nobody knows yet makes the resource unpriced."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from groundwork.cost.priced_items import UnpricedError
from groundwork.graph import Node, Placeholder, at

ZONE: Final = re.compile(r"-[a-z]$")

# Where each type keeps the labels that a bill is split by; `labels` where nothing else is said.
LABELS: Final[Mapping[str, str]] = {
    "gcp:container/cluster:Cluster": "resourceLabels",
    "gcp:container/nodePool:NodePool": "nodeConfig.resourceLabels",
    "gcp:sql/databaseInstance:DatabaseInstance": "settings.userLabels",
}
KUBERNETES: Final = "kubernetes:"
KUBERNETES_LABELS: Final = "metadata.labels"


def given(node: Node, path: str) -> Any:
    """The value at a path, None where it is left out; raises `UnpricedError` where it is not known yet."""
    value = at(node.inputs, path)
    if isinstance(value, Placeholder):
        raise _missing(node, path)
    return value


def known(node: Node, path: str) -> Any:
    """The value at a path that a provider may fill in by itself; None where it is left out, or unknown.

    Both say the same: the real engine shows as unknown what a program leaves to the provider.
    """
    value = at(node.inputs, path)
    return None if isinstance(value, Placeholder) else value


def text(node: Node, *paths: str) -> str:
    """The text at the first path that has one; raises `UnpricedError` where none has."""
    for path in paths:
        if isinstance(value := known(node, path), str) and value:
            return value
    raise _missing(node, paths[0])


def number(node: Node, *paths: str) -> int:
    """The whole number at the first path that has one; raises `UnpricedError` where none has."""
    for path in paths:
        if (value := known(node, path)) is not None:
            return _whole(path, value)
    raise _missing(node, paths[0])


def count(node: Node, path: str) -> int:
    """The whole number at a path, nought where it is left out; raises `UnpricedError` where it is not known yet."""
    value = given(node, path)
    return 0 if value is None else _whole(path, value)


def maps(node: Node, path: str) -> list[Mapping[str, Any]]:
    """The list of maps at a path that a provider may fill in; raises `UnpricedError` where one is not known yet."""
    value = known(node, path)
    found = [] if value is None else value
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise UnpricedError(f"{path} is not known before the update")
    return found


def _whole(path: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UnpricedError(f"{path} is {value!r}, and a whole number from 0 on is needed")
    return value


def _missing(node: Node, path: str) -> UnpricedError:
    why = "is not known before the update" if isinstance(at(node.inputs, path), Placeholder) else "is not declared"
    return UnpricedError(f"{path} {why}")


def region_of(place: str) -> str:
    """The region of a region or of a zone."""
    return ZONE.sub("", place)


def team_of(node: Node) -> str | None:
    """Whose a resource is by its label `team`, as the bill will have it."""
    default = KUBERNETES_LABELS if node.type.startswith(KUBERNETES) else "labels"
    label = at(node.inputs, f"{LABELS.get(node.type, default)}.team")
    return label.value if isinstance(label, Placeholder) else label or None
