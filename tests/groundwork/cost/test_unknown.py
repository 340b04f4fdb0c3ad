"""Values that only an update can tell, or that are of another kind: priced without them, or listed, never a failure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from groundwork.cost import declared, estimate, load
from groundwork.cost.estimate import RULES
from groundwork.graph import Graph, Node, Placeholder
from tests.conftest import ROOT
from tests.groundwork.cost.resources import pool, stack
from tests.places import Place, paths, put


def _priced(graph: Graph) -> Iterator[tuple[Node, Place]]:
    """Every value of every resource with a price, those of one type at one place only once."""
    seen = set()
    for node in graph:
        for path in paths(node.inputs) if node.type in RULES else ():
            place = (node.type, *(0 if isinstance(key, int) else key for key in path))
            if place not in seen:
                seen.add(place)
                yield node, path


@pytest.mark.parametrize("wrong", [Placeholder.UNKNOWN, "x", -1, None], ids=str)
def test_no_estimate_stops_at_a_value(graphs: dict[str, Graph], wrong: Any) -> None:
    """With each value of the platform replaced in turn: sums stay sums, and nothing is below nought."""
    graph, book = graphs["prod"], load()
    usage = declared.of_stack(ROOT, "prod", graph)
    small = Graph.of(graph.stack, graph.engine, [node for node in graph if node.type in RULES])

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
        ({"autoscaling": Placeholder.UNKNOWN}, "autoscaling is not known before the update"),
    ],
)
def test_a_count_that_is_none_is_told(inputs: dict[str, Any], why: str) -> None:
    """The pool stands in the list of what is not priced, with the path of what is wrong."""
    node = pool("p", "e2-standard-4", "europe-west4", (1, 3))

    (left_out,) = estimate(stack(dataclasses.replace(node, inputs={**node.inputs, **inputs})), load()).unpriced

    assert left_out.urn == node.urn
    assert left_out.why.startswith(why)


def test_gpus_that_nobody_knows_are_told() -> None:
    """A list of GPUs with an entry that only the update can tell has no price."""
    node = pool("p", "g2-standard-8", "europe-west4", (0, 1), guestAccelerators=[Placeholder.UNKNOWN])

    (left_out,) = estimate(stack(node), load()).unpriced

    assert left_out.why == "nodeConfig.guestAccelerators is not known before the update"
