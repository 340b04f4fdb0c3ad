"""Clusters meet the CIS GKE Benchmark, row by row.

The rows and what they ask of which input are data (``policy/cis_gke.toml``): whoever weakens a cluster is told the row.
Rows that need a decision of the settings only advise. Unknown values count as wrong where the value matters, and as
given where it only has to be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Graph, Node
from policy import cis
from policy.rules._rule import Asked, Check, Parameters, Rule, StackRule


def _check_of(level: cis.Level) -> Check[Parameters]:
    """The check of all rows of one level."""

    def check(node: Node, _: Asked[Parameters]) -> Iterator[str]:
        """One message for each input that a row asks to be otherwise."""
        for row in cis.load().at(level):
            for one in row.checks:
                if one.concerns(node) and not one.passes(node):
                    yield f"{node.name} does not meet {cis.NAME} {row.id}: {row.title}; wanted: {one}"

    return check


def check_stack(graph: Graph, _: Asked[Parameters]) -> Iterator[tuple[str, str]]:
    """One message for each resource that a row asks for and that is not there."""
    for row in cis.load().rows:
        for need in row.needs:
            if need.missing(graph):
                yield "", f"nothing meets {cis.NAME} {row.id}: {row.title}; wanted: {need}"
        for pair in row.pairs:
            for node in pair.lonely(graph):
                yield node.urn, f"{node.name} does not meet {cis.NAME} {row.id}: {row.title}; wanted: {pair}"


RULE: Final = Rule(
    name="cis-gke",
    description="Clusters, node pools and Kubernetes objects meet the CIS GKE Benchmark",
    level="mandatory",
    check=_check_of("mandatory"),
    parameters=Parameters,
)
ADVICE: Final = Rule(
    name="cis-gke-advice",
    description="Clusters also meet the rows of the CIS GKE Benchmark that need keys or a group of one's own",
    level="advisory",
    check=_check_of("advisory"),
    parameters=Parameters,
)
STACK: Final = StackRule(
    name="cis-gke-stack",
    description="What the CIS GKE Benchmark wants beside clusters and namespaces is there",
    level="mandatory",
    check=check_stack,
    parameters=Parameters,
)
