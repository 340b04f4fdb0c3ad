"""The rule `cis-gke-stack`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Graph
from policy import cis
from policy.rules._cis_gke import label
from policy.rules._rule import Context, Parameters, StackRule


def check(graph: Graph, _: Context[Parameters]) -> Iterator[tuple[str, str]]:
    """One message for each resource that a row needs and the graph does not declare."""
    for row in cis.load().rows:
        for need in row.needs:
            if need.missing(graph):
                yield "", f"the stack does not meet {label(row)}: required: {need}"
        for pair in row.pairs:
            for node in pair.unpaired(graph):
                yield node.urn, f"{node.name} does not meet {label(row)}: required: {pair}"


RULE: Final = StackRule(
    name="cis-gke-stack",
    description="The resources that the CIS GKE Benchmark needs next to clusters and namespaces are declared",
    why="""
        Some rows of [docs/cis-gke.md](cis-gke.md) are met by another resource, such as an enabled service or a
        network policy, and only the whole graph shows that it is missing.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
