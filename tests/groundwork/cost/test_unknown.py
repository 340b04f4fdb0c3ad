"""Unknown and invalid values: the resource is priced without them or listed, and the estimate never fails."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from groundwork.cost import estimate, load, usage_file
from groundwork.cost.estimate import PRICE_RULES
from groundwork.graph import Graph, Node, Placeholder
from tests.conftest import ROOT
from tests.groundwork.cost.resources import pool, stack
from tests.places import Place, paths, put


def _priced(graph: Graph) -> Iterator[tuple[Node, Place]]:
    """Every value of every resource with a price, those of one type at one place only once."""
    seen = set()
    for node in graph:
        for path in paths(node.inputs) if node.type in PRICE_RULES else ():
            place = (node.type, *(0 if isinstance(key, int) else key for key in path))
            if place not in seen:
                seen.add(place)
                yield node, path


@pytest.mark.parametrize("wrong", [Placeholder.UNKNOWN, "x", -1, None], ids=str)
def test_estimate_survives_any_unknown_or_invalid_value(graphs: dict[str, Graph], wrong: Any) -> None:
    """With each value of the platform replaced in turn, sums stay valid and not negative."""
    graph, book = graphs["prod"], load()
    usage = usage_file.of_stack(ROOT, "prod", graph)
    small = Graph.of(graph.stack, graph.engine, [node for node in graph if node.type in PRICE_RULES])

    for node, path in _priced(graph):
        other = dataclasses.replace(node, inputs=put(node.inputs, path, wrong))
        found = estimate(dataclasses.replace(small, nodes={**small.nodes, node.urn: other}), book, usage=usage)

        assert 0 <= found.total.low <= found.total.high, (node.urn, path)


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        (
            {"autoscaling": {"totalMinNodeCount": 0, "totalMaxNodeCount": "many"}},
            "autoscaling.totalMaxNodeCount is 'many'",
        ),
        ({"autoscaling": {"totalMinNodeCount": -1, "totalMaxNodeCount": 2}}, "autoscaling.totalMinNodeCount is -1"),
        ({"autoscaling": Placeholder.UNKNOWN}, "autoscaling is unknown until pulumi up"),
    ],
)
def test_invalid_or_unknown_node_count_is_listed(inputs: dict[str, Any], why: str) -> None:
    """The pool is in the list of excluded costs, with the path of the wrong value."""
    node = pool("p", "e2-standard-4", "europe-west4", (1, 3))

    (entry,) = estimate(stack(dataclasses.replace(node, inputs={**node.inputs, **inputs})), load()).unpriced

    assert entry.urn == node.urn
    assert entry.why.startswith(why)


def test_unknown_gpus_are_listed() -> None:
    """A list of GPUs with an unknown entry has no price."""
    node = pool("p", "g2-standard-8", "europe-west4", (0, 1), guestAccelerators=[Placeholder.UNKNOWN])

    (entry,) = estimate(stack(node), load()).unpriced

    assert entry.why == "nodeConfig.guestAccelerators is unknown until pulumi up"
