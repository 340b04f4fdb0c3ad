"""The pack as a process, over the analyzer protocol."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Final

import pytest

from groundwork import policy_client
from groundwork.errors import UserError
from groundwork.graph import Graph, Node
from groundwork.project import Project
from policy.rules import RULES

EMPTY: Final = Graph.of("dev", "sdk", [])


def _without_label(graph: Graph, label: str) -> tuple[Graph, str]:
    """The graph without a label of one bucket, and the URN of that bucket."""
    bucket = next(node for node in graph if node.type == "gcp:storage/bucket:Bucket")
    labels = {key: value for key, value in bucket.inputs["labels"].items() if key != label}
    broken = dataclasses.replace(bucket, inputs={**bucket.inputs, "labels": labels})
    return Graph(graph.stack, graph.engine, {**graph.nodes, bucket.urn: broken}), bucket.urn


def test_no_stack_has_a_violation(project: Project, graph: Graph) -> None:
    """The platform violates none of its rules, and the pack has all of them."""
    verdict = policy_client.judge(project, graph)

    assert verdict.violations == ()
    assert tuple(sorted(rule.name for rule in RULES)) == verdict.rules


def test_missing_label_is_one_violation(project: Project, graphs: dict[str, Graph]) -> None:
    """Removing one label of one bucket is one mandatory violation, with the rule and the URN."""
    graph, urn = _without_label(graphs["dev"], "data-class")

    violations = policy_client.judge(project, graph).mandatory

    assert [("labels", urn)] == [(found.rule, found.urn) for found in violations]
    assert "data-class" in violations[0].message


def _pack(root: Path, main: str) -> Project:
    """A project whose policy pack is this program."""
    (root / "policy").mkdir()
    (root / "policy" / "PulumiPolicy.yaml").write_text("runtime: python\n", encoding="utf-8")
    (root / "policy" / "__main__.py").write_text(main, encoding="utf-8")
    return Project(root, "sample")


def test_missing_pack_is_an_error(tmp_path: Path) -> None:
    """A project without a policy pack is an error that names the file."""
    with pytest.raises(UserError, match="no such file"):
        policy_client.judge(Project(tmp_path, "sample"), EMPTY)


def test_pack_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    """The last line of a program that fails is in the message: no verdict does not mean no violation."""
    with pytest.raises(UserError, match=r"did not start: .*broken pack"):
        policy_client.judge(_pack(tmp_path, "raise ValueError('broken pack')\n"), EMPTY)


def test_pack_that_ends_silently_is_an_error(tmp_path: Path) -> None:
    """Without any output the message has the exit code."""
    with pytest.raises(UserError, match="did not start: exit code 3"):
        policy_client.judge(_pack(tmp_path, "import sys\nsys.exit(3)\n"), EMPTY)


def test_pack_that_does_not_answer_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack that takes too long is not reported as one that ended."""
    monkeypatch.setattr(policy_client, "START_SECONDS", 1.0)

    with pytest.raises(UserError, match="did not answer within 1 seconds") as caught:
        policy_client.judge(_pack(tmp_path, "import time\ntime.sleep(100)\n"), EMPTY)

    assert "try again" in caught.value.hint


def test_all_lines_of_an_invalid_configuration_are_reported(tmp_path: Path) -> None:
    """With exit code 2 everything that the pack prints is the message."""
    with pytest.raises(UserError) as caught:
        policy_client.judge(_pack(tmp_path, "import sys\nsys.stderr.write('one\\ntwo\\n')\nsys.exit(2)\n"), EMPTY)

    assert caught.value.message == "one\ntwo"


FAILING: Final = """\
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def validate(args, report):
    raise ValueError("broken rule")

PolicyPack(
    name="failing",
    policies=[ResourceValidationPolicy("fails", "a rule", validate, EnforcementLevel.MANDATORY)],
)
"""


def test_rule_that_fails_is_an_error(tmp_path: Path) -> None:
    """A rule that raises an exception stops the verdict, with the resource and the exception."""
    graph = Graph.of("dev", "sdk", [Node("urn:a", "gcp:storage/bucket:Bucket", "a")])

    with pytest.raises(UserError, match=r"the policy pack failed on urn:a: .*broken rule"):
        policy_client.judge(_pack(tmp_path, FAILING), graph)
