"""URNs are the public API: moving one destroys a resource and makes another."""

from __future__ import annotations

from groundwork.graph import Graph
from tests.conftest import ROOT


def test_urns_are_the_golden_ones(graph: Graph) -> None:
    """A changed URN is seen in review; write the files anew with `make golden` once an alias keeps the old one."""
    golden = (ROOT / "tests" / "golden" / f"{graph.stack}.urns").read_text(encoding="utf-8").splitlines()

    assert golden == [node.urn for node in graph]
