"""The pack as a process, asked over the engine's own protocol."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from groundwork import policy_client
from groundwork.errors import UserError
from groundwork.graph import Graph
from groundwork.project import Project
from policy.rules import RULES


def _without_label(graph: Graph, label: str) -> tuple[Graph, str]:
    """The graph with a label taken from one bucket, and that bucket's URN."""
    bucket = next(node for node in graph if node.type == "gcp:storage/bucket:Bucket")
    labels = {key: value for key, value in bucket.inputs["labels"].items() if key != label}
    broken = dataclasses.replace(bucket, inputs={**bucket.inputs, "labels": labels})
    return Graph(graph.stack, graph.engine, {**graph.nodes, bucket.urn: broken}), bucket.urn


def test_every_stack_is_clean(project: Project, graph: Graph) -> None:
    """The platform keeps its own rules, and the pack has all of them."""
    verdict = policy_client.judge(project, graph)

    assert verdict.violations == ()
    assert tuple(sorted(rule.name for rule in RULES)) == verdict.rules


def test_a_missing_label_names_rule_and_resource(project: Project, graphs: dict[str, Graph]) -> None:
    """One label less on one bucket is one mandatory violation."""
    graph, urn = _without_label(graphs["dev"], "data-class")

    violations = policy_client.judge(project, graph).mandatory

    assert [("labels", urn)] == [(found.rule, found.urn) for found in violations]
    assert "data-class" in violations[0].message


def test_a_pack_that_does_not_start_is_one_message(tmp_path: Path, graphs: dict[str, Graph]) -> None:
    """A broken pack stops the preview: no verdict is not a good verdict."""
    (tmp_path / "policy").mkdir()
    project = Project(tmp_path, "sample")
    with pytest.raises(UserError, match="no such file"):
        policy_client.judge(project, graphs["dev"])

    (tmp_path / "policy" / "PulumiPolicy.yaml").write_text("runtime: python\n", encoding="utf-8")
    (tmp_path / "policy" / "__main__.py").write_text("raise ValueError('broken pack')\n", encoding="utf-8")
    with pytest.raises(UserError, match="did not start"):
        policy_client.judge(project, graphs["dev"])
