"""Small graphs for tests."""

from __future__ import annotations

from typing import Any

from groundwork.graph import Graph, Node

STACK = "urn:pulumi:dev::sample::pulumi:pulumi:Stack::sample-dev"


def node(name: str, inputs: dict[str, Any] | None = None, **rest: Any) -> Node:
    """A bucket directly under the stack, with these inputs."""
    kind = "gcp:storage/bucket:Bucket"
    return Node(
        urn=f"urn:pulumi:dev::sample::{kind}::{name}", type=kind, name=name, inputs=inputs or {}, parent=STACK, **rest
    )


def graph(*nodes: Node) -> Graph:
    """A graph of the stack resource and these nodes."""
    stack = Node(urn=STACK, type="pulumi:pulumi:Stack", name="sample-dev", custom=False)
    return Graph.of("dev", "sdk", [stack, *nodes])
