"""The container images of a Kubernetes object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from groundwork.graph import Node, Placeholder, Value

# The fields of a pod that have containers: https://kubernetes.io/docs/reference/kubernetes-api
CONTAINERS: Final = frozenset({"containers", "initContainers", "ephemeralContainers"})


def images(node: Node) -> Iterator[Value]:
    """The image of every container, at any depth; `Placeholder.UNKNOWN` for an unknown one."""
    if node.type.startswith("kubernetes:") and not node.type.startswith(("kubernetes:helm", "kubernetes:kustomize")):
        yield from _within(node.inputs)


def _within(value: Value) -> Iterator[Value]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in CONTAINERS:
                yield from _named(inner)
            yield from _within(inner)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _within(item)


def _named(containers: Value) -> Iterator[Value]:
    if isinstance(containers, Placeholder):
        yield Placeholder.UNKNOWN
        return
    for container in containers if isinstance(containers, list | tuple) else ():
        if isinstance(container, Mapping) and "image" in container:
            image = container["image"]
            yield Placeholder.UNKNOWN if isinstance(image, Placeholder) else image
