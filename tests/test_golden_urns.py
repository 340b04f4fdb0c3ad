"""URNs are the public API: a changed URN deletes a resource and creates another."""

from __future__ import annotations

from groundwork.graph import Graph
from tests.conftest import ROOT


def test_urns_equal_the_golden_files(graph: Graph) -> None:
    """A changed URN is visible in review; run `make golden` after adding an alias for the previous URN."""
    golden = (ROOT / "tests" / "golden" / f"{graph.stack}.urns").read_text(encoding="utf-8").splitlines()

    assert golden == [node.urn for node in graph]
