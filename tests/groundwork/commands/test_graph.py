"""Tests of `groundwork graph`."""

from __future__ import annotations

import json

from tests.conftest import ROOT
from tests.groundwork.projects import run


def test_json_has_the_keys_of_its_contract() -> None:
    """Nodes have the documented keys, and are sorted by URN."""
    document = json.loads(run(ROOT, "graph", "--engine", "sdk", "--json").stdout)
    keys = {"urn", "type", "name", "parent", "custom", "inputs", "dependencies"}
    keys |= {"propertyDependencies", "provider", "protect", "retainOnDelete", "ignoreChanges", "aliases"}

    assert {key: document[key] for key in ("stack", "engine")} == {"stack": "dev", "engine": "sdk"}
    assert {frozenset(keys)} == {frozenset(node) for node in document["nodes"]}
    assert sorted(node["urn"] for node in document["nodes"]) == [node["urn"] for node in document["nodes"]]


def test_text_has_one_urn_a_line() -> None:
    """Without an option, nothing but the URNs is printed."""
    lines = run(ROOT, "graph", "--engine", "sdk").stdout.splitlines()

    assert lines == (ROOT / "tests" / "golden" / "dev.urns").read_text(encoding="utf-8").splitlines()


def test_mermaid_is_a_flowchart_with_costs() -> None:
    """The components have their monthly costs."""
    text = run(ROOT, "graph", "--engine", "sdk", "--mermaid").stdout

    assert text.startswith("flowchart LR\n")
    assert " a month" in text
