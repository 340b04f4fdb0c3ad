"""Node counts of node pools, and which pools belong to which cluster."""

from __future__ import annotations

from collections.abc import Iterator

from groundwork.cost import inputs
from groundwork.cost.inputs import ZONE, given, known, number, text
from groundwork.cost.priced_items import UnpricedError
from groundwork.cost.resource_types import CLUSTER, POOL
from groundwork.graph import Graph, Node


def pools(graph: Graph) -> Iterator[Node]:
    """All node pools, in the order of URNs."""
    return (node for node in graph if node.type == POOL)


def pools_of(cluster: Node, graph: Graph) -> Iterator[Node]:
    """The pools of a cluster: they name it, or depend on it for its name."""
    name = known(cluster, "name")
    for pool in pools(graph):
        cluster_name = known(pool, "cluster")
        depends = cluster.urn in pool.property_dependencies.get("cluster", ())
        if depends or (name is not None and cluster_name == name):
            yield pool


def cluster_of(node: Node, graph: Graph) -> Node | None:
    """The cluster of a Kubernetes object: the one that its provider depends on; None where it is not declared."""
    provider = graph.provider_of(node)
    if provider is None:
        return None
    sources = {*provider.dependencies, *(urn for urns in provider.property_dependencies.values() for urn in urns)}
    return next(
        (graph.nodes[urn] for urn in sorted(sources) if urn in graph.nodes and graph.nodes[urn].type == CLUSTER), None
    )


def node_counts(pool: Node) -> tuple[int, int]:
    """Minimum and maximum nodes of a pool in all its zones together; raises `UnpricedError` where they are unknown."""
    if given(pool, "autoscaling") is not None:
        if total := inputs.count(pool, "autoscaling.totalMaxNodeCount"):
            return _range(inputs.count(pool, "autoscaling.totalMinNodeCount"), total)
        zones = _zones(pool)
        return _range(
            inputs.count(pool, "autoscaling.minNodeCount") * zones, number(pool, "autoscaling.maxNodeCount") * zones
        )
    # Both counts are for each zone.
    nodes = number(pool, "nodeCount", "initialNodeCount") * _zones(pool)
    return nodes, nodes


def _range(min_nodes: int, max_nodes: int) -> tuple[int, int]:
    if min_nodes > max_nodes:
        raise UnpricedError(f"autoscaling between {min_nodes} and {max_nodes} nodes contradicts itself")
    return min_nodes, max_nodes


def _zones(pool: Node) -> int:
    """The number of zones that the pool has nodes in."""
    zones = known(pool, "nodeLocations")
    if isinstance(zones, list) and zones:
        return len(zones)
    if ZONE.search(text(pool, "location")):
        return 1
    raise UnpricedError("nodeLocations is not declared, so the number of zones is the cluster's")
