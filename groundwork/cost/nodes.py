"""How many nodes a pool has, at the least and at the most, and which pools are whose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.cost import inputs
from groundwork.cost.inputs import ZONE, given, known, number, text
from groundwork.cost.priced_items import UnpricedError
from groundwork.graph import Graph, Node

POOL: Final = "gcp:container/nodePool:NodePool"
CLUSTER: Final = "gcp:container/cluster:Cluster"


def pools(graph: Graph) -> Iterator[Node]:
    """All node pools, in the order of URNs."""
    return (node for node in graph if node.type == POOL)


def pools_of(cluster: Node, graph: Graph) -> Iterator[Node]:
    """The pools of a cluster: they name it, or depend on it for its name."""
    name = known(cluster, "name")
    for pool in pools(graph):
        named = known(pool, "cluster")
        if cluster.urn in pool.property_dependencies.get("cluster", ()) or (name is not None and named == name):
            yield pool


def cluster_of(node: Node, graph: Graph) -> Node | None:
    """The cluster that a Kubernetes object is in: the one that its provider was made from."""
    provider = graph.provider_of(node)
    if provider is None:
        return None
    sources = {*provider.dependencies, *(urn for urns in provider.property_dependencies.values() for urn in urns)}
    return next(
        (graph.nodes[urn] for urn in sorted(sources) if urn in graph.nodes and graph.nodes[urn].type == CLUSTER), None
    )


def count(pool: Node) -> tuple[int, int]:
    """The least and the most nodes of a pool in all its zones together; raises `UnpricedError` where nobody can say."""
    if given(pool, "autoscaling") is not None:
        if most := inputs.count(pool, "autoscaling.totalMaxNodeCount"):
            return _range(inputs.count(pool, "autoscaling.totalMinNodeCount"), most)
        zones = _zones(pool)
        return _range(
            inputs.count(pool, "autoscaling.minNodeCount") * zones, number(pool, "autoscaling.maxNodeCount") * zones
        )
    # Both counts are for each zone.
    found = number(pool, "nodeCount", "initialNodeCount") * _zones(pool)
    return found, found


def _range(least: int, most: int) -> tuple[int, int]:
    if least > most:
        raise UnpricedError(f"autoscaling between {least} and {most} nodes contradicts itself")
    return least, most


def _zones(pool: Node) -> int:
    """In how many zones the pool has nodes."""
    zones = known(pool, "nodeLocations")
    if isinstance(zones, list) and zones:
        return len(zones)
    if ZONE.search(text(pool, "location")):
        return 1
    raise UnpricedError("nodeLocations is not declared, so the number of zones is the cluster's")
