"""Every rule is seen to pass and to fail, by itself and through the pack as the embedded engine asks it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from groundwork import policy_client
from groundwork.diff.change import Op, ResourceChange
from groundwork.graph import Node, Placeholder
from groundwork.project import Project
from policy.rules import RULES, StackRule
from policy.rules_page import page
from tests.conftest import ROOT
from tests.places import paths, put
from tests.policy.samples import BY_NAME, FILES, STACK, Case, failing, graph, passing, said

ADVICE = {rule.name for rule in RULES if rule.level == "advisory"}
each_case = pytest.mark.parametrize("case", failing(), ids=lambda case: f"{case.rule.name}: {case.says[:40]}")


def test_every_rule_has_samples_and_a_runbook() -> None:
    """A file of samples for each rule and none for another, and a page that says what to do."""
    assert set(FILES) == set(BY_NAME)
    assert [rule.runbook for rule in RULES if not (ROOT / rule.runbook).is_file()] == []
    assert all(FILES[name]["fails"] for name in BY_NAME)


def test_every_rule_says_why() -> None:
    """The docstring of a rule's file is more than its first line."""
    modules = {rule.name: __import__(rule.check.__module__, fromlist=["_"]) for rule in RULES}

    assert [name for name, module in modules.items() if len((module.__doc__ or "").split()) < 25] == []


def test_the_page_is_fresh() -> None:
    """docs/rules.md is what `make rules` writes."""
    assert page() == (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_what_is_right_passes(name: str) -> None:
    """The rule has nothing to say of the first half of its samples."""
    assert said(passing(name)) == []


@each_case
def test_what_is_wrong_is_found(case: Case) -> None:
    """The message has the words and blames the resource."""
    assert [urn for urn, message in said(case) if case.says in message and urn == case.blames], said(case)


@each_case
def test_no_rule_stops_at_the_unknown(case: Case) -> None:
    """With each input unknown in turn, and each value within one, a rule still answers in words."""
    for index, found in enumerate(case.nodes):
        for path in paths(found.inputs):
            other = Node(found.urn, found.type, found.name, put(found.inputs, path, Placeholder.UNKNOWN), found.parent)
            nodes = (*case.nodes[:index], other, *case.nodes[index + 1 :])

            assert all(message for _, message in said(Case(case.rule, case.parameters, nodes)))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The pack in a copy, with the parameters of the samples for a stack of their name."""
    root = tmp_path_factory.mktemp("pack")
    shutil.copytree(ROOT / "policy", root / "policy", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "runbooks").symlink_to(ROOT / "runbooks")
    configure(root / "policy" / "policies.yaml")
    return Project(root, "groundwork")


def configure(file: Path) -> None:
    """Write the parameters of all samples into a file of policies."""
    parameters = {name: {"parameters": found["parameters"]} for name, found in FILES.items() if "parameters" in found}
    with file.open("w", encoding="utf-8") as stream:
        YAML(typ="safe").dump({"stacks": {STACK: parameters}}, stream)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_each_failing_sample_fails_the_gate(pack: Project, name: str) -> None:
    """Over the engine's protocol the violation has the rule's name, its level and the URN."""
    for case in (case for case in failing() if case.rule.name == name):
        changes = [
            ResourceChange(Op(change.op), Node(change.urn, change.urn.split("::")[2], change.name, protect=True))
            for change in case.changes
        ]
        verdict = policy_client.judge(pack, graph(*case.nodes), changes)
        found = {
            (one.rule, one.urn, one.level)
            for one in verdict.violations
            if one.rule == name and one.urn == case.blames and case.says in one.message
        }

        assert found == {(name, case.blames, case.rule.level)}, verdict.violations
        assert bool(verdict.mandatory) or name in ADVICE


def test_stack_rules_need_the_stack() -> None:
    """The two kinds are told apart by their class, and each rule is of one."""
    assert {isinstance(rule, StackRule) for rule in RULES} == {True, False}
