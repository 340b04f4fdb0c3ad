"""Billed resources for tests."""

from __future__ import annotations

from typing import Any, Final

from groundwork.cost.resource_types import CLUSTER, DATABASE, DISK, POOL
from groundwork.graph import Graph, Node, Placeholder
from tests.groundwork.samples import STACK

BUDGET: Final = "gcp:billing/budget:Budget"


__all__ = ["BUDGET", "CLUSTER", "DATABASE", "DISK", "POOL", "pool", "resource", "stack"]


def resource(kind: str, name: str, inputs: dict[str, Any], parent: str = STACK, *, custom: bool = True) -> Node:
    """A resource of any type, without a parent component by default."""
    return Node(f"urn:pulumi:dev::sample::{kind}::{name}", kind, name, inputs, parent=parent, custom=custom)


def pool(
    name: str, machine: str, region: str, nodes: tuple[int, int], *, team: str | Placeholder = "vision", **config: Any
) -> Node:
    """A node pool in one zone of a region with boot disks of 100 GiB; `config` is added to its nodes' configuration."""
    return resource(
        POOL,
        name,
        {
            "location": region,
            "nodeLocations": [f"{region}-a"],
            "autoscaling": {"totalMinNodeCount": nodes[0], "totalMaxNodeCount": nodes[1]},
            "nodeConfig": {
                "machineType": machine,
                "diskType": "pd-balanced",
                "diskSizeGb": 100,
                "resourceLabels": {"team": team},
                **config,
            },
        },
    )


def stack(*nodes: Node) -> Graph:
    """A graph of the stack and these nodes."""
    root = Node(urn=STACK, type="pulumi:pulumi:Stack", name="sample-dev", custom=False)
    return Graph.of("dev", "sdk", [root, *nodes])
