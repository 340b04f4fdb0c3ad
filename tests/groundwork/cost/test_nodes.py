"""Node counts of pools, and the cluster that a pool or a Kubernetes object belongs to."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from groundwork.cost.nodes import cluster_of, node_counts, pools_of
from groundwork.cost.priced_items import UnpricedError
from groundwork.graph import Node, Placeholder
from tests.groundwork.cost.resources import CLUSTER, POOL, resource, stack

ZONES = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]


def _pool(**inputs: Any) -> Node:
    return resource(POOL, "p", {"location": "europe-west4", "nodeLocations": ZONES, **inputs})


@pytest.mark.parametrize(
    ("inputs", "counts"),
    [
        ({"autoscaling": {"totalMinNodeCount": 1, "totalMaxNodeCount": 5}}, (1, 5)),
        ({"autoscaling": {"totalMaxNodeCount": 5}}, (0, 5)),
        ({"autoscaling": {"totalMinNodeCount": 5, "totalMaxNodeCount": 5}}, (5, 5)),
        ({"autoscaling": {"minNodeCount": 1, "maxNodeCount": 5}}, (3, 15)),
        ({"autoscaling": {"maxNodeCount": 5}}, (0, 15)),
        ({"autoscaling": {"minNodeCount": 2, "maxNodeCount": 4, "totalMaxNodeCount": 0}}, (6, 12)),
        ({"nodeCount": 2}, (6, 6)),
        ({"initialNodeCount": 2}, (6, 6)),
        ({"nodeCount": 1, "initialNodeCount": 2}, (3, 3)),
        ({"nodeCount": 0, "initialNodeCount": 2}, (0, 0)),
        ({"nodeCount": 2, "nodeLocations": [], "location": "europe-west4-a"}, (2, 2)),
        ({"nodeCount": 2, "nodeLocations": Placeholder.UNKNOWN, "location": "europe-west4-b"}, (2, 2)),
    ],
)
def test_node_counts_are_total_or_for_each_zone(inputs: dict[str, Any], counts: tuple[int, int]) -> None:
    """Limits named total are for the pool; all others are for each of its zones."""
    assert node_counts(_pool(**inputs)) == counts


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"autoscaling": {"totalMinNodeCount": 6, "totalMaxNodeCount": 5}}, "between 6 and 5 nodes contradicts itself"),
        ({"autoscaling": {"minNodeCount": 2, "maxNodeCount": 1}}, "between 6 and 3 nodes contradicts itself"),
        ({"autoscaling": {}}, "autoscaling.maxNodeCount is not declared"),
        ({"autoscaling": {"totalMaxNodeCount": True}}, "autoscaling.totalMaxNodeCount is True"),
        ({"nodeCount": 2, "nodeLocations": None}, "nodeLocations is not declared, so the number of zones"),
        ({}, "nodeCount is not declared"),
    ],
)
def test_node_counts_without_a_valid_count_raise_the_reason(inputs: dict[str, Any], message: str) -> None:
    """The message has the path and the value."""
    with pytest.raises(UnpricedError, match=message):
        node_counts(_pool(**inputs))


def test_pools_of_a_cluster_name_it_or_depend_on_it() -> None:
    """A cluster without a known name has the pools that depend on it; an unknown name matches no pool."""
    main = resource(CLUSTER, "main", {"name": "main"})
    unnamed = resource(CLUSTER, "unnamed", {})
    named = dataclasses.replace(_pool(cluster="main"), urn="urn:named")
    dependent = dataclasses.replace(
        _pool(cluster=Placeholder.UNKNOWN), urn="urn:dependent", property_dependencies={"cluster": (unnamed.urn,)}
    )
    other = dataclasses.replace(_pool(cluster="other"), urn="urn:other", property_dependencies={"name": (main.urn,)})
    graph = stack(main, unnamed, named, dependent, other)

    assert [pool.urn for pool in pools_of(main, graph)] == ["urn:named"]
    assert [pool.urn for pool in pools_of(unnamed, graph)] == ["urn:dependent"]


def test_cluster_of_an_object_is_that_of_its_provider() -> None:
    """The provider depends on the cluster, directly or through an input; other dependencies are not clusters."""
    main = resource(CLUSTER, "main", {"name": "main"})
    pool = _pool()
    provider = resource("pulumi:providers:kubernetes", "k", {})
    thing = dataclasses.replace(resource("kubernetes:core/v1:ConfigMap", "m", {}), provider=provider.urn)

    def found(**changes: Any) -> Node | None:
        return cluster_of(thing, stack(main, pool, thing, dataclasses.replace(provider, **changes)))

    assert found(dependencies=(pool.urn, main.urn)) == main
    assert found(property_dependencies={"kubeconfig": ("urn:missing", main.urn)}) == main
    assert found(dependencies=(pool.urn,)) is None
    assert found() is None
    assert cluster_of(dataclasses.replace(thing, provider=None), stack(main, thing)) is None
