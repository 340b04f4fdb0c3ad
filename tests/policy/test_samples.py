"""Every rule passes and fails on its samples: alone, and in the pack over the analyzer protocol."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from groundwork.diff.change import Op, ResourceChange
from groundwork.graph import Node, Placeholder
from groundwork.policy_client import Pack
from groundwork.project import Project
from policy.rules import RULES, StackRule
from policy.rules_page import page
from tests.conftest import ROOT
from tests.places import paths, put
from tests.policy.samples import BY_NAME, FILES, STACK, Case, failing, graph, passing, violations

ADVICE = {rule.name for rule in RULES if rule.level == "advisory"}
each_case = pytest.mark.parametrize("case", failing(), ids=lambda case: f"{case.rule.name}: {case.says[:40]}")


def test_every_rule_has_samples_and_a_runbook() -> None:
    """There is one file of samples and one runbook for each rule, and none for another."""
    runbooks = {file.stem for file in (ROOT / "runbooks" / "rules").glob("*.md")}

    assert set(FILES) == set(BY_NAME)
    assert runbooks == {*BY_NAME, "waivers"}
    assert all(FILES[name]["fails"] for name in BY_NAME)


def test_every_rule_has_its_own_reason() -> None:
    """`why` is a paragraph, and no two rules share it."""
    assert [rule.name for rule in RULES if len(rule.why.split()) < 25] == []
    assert len({rule.why for rule in RULES}) == len(RULES)


def test_every_rule_is_in_the_file_of_its_name() -> None:
    """The module of a rule is its name with underscores, and has no other rule."""
    files = {file.stem for file in (ROOT / "policy" / "rules").glob("[a-z]*.py")}

    assert {rule.name.replace("-", "_") for rule in RULES} == files


def test_rules_page_is_up_to_date() -> None:
    """docs/rules.md is what `make rules` writes."""
    assert page() == (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_passing_samples_have_no_violation(name: str) -> None:
    """The rule reports nothing on the resources that pass."""
    assert violations(passing(name)) == []


@each_case
def test_failing_samples_have_a_violation(case: Case) -> None:
    """The message has the expected text and the expected URN."""
    found = violations(case)

    assert [urn for urn, message in found if case.says in message and urn == case.blames], found


@each_case
def test_no_rule_fails_on_unknown_inputs(case: Case) -> None:
    """With each input unknown in turn, at any depth, a rule still reports text and raises nothing."""
    for index, found in enumerate(case.nodes):
        for path in paths(found.inputs):
            other = Node(found.urn, found.type, found.name, put(found.inputs, path, Placeholder.UNKNOWN), found.parent)
            nodes = (*case.nodes[:index], other, *case.nodes[index + 1 :])

            assert all(message for _, message in violations(Case(case.rule, case.parameters, nodes)))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pack]:
    """A running pack with the parameters of the samples."""
    root = tmp_path_factory.mktemp("pack")
    shutil.copytree(ROOT / "policy", root / "policy", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "runbooks").symlink_to(ROOT / "runbooks")
    configure(root / "policy" / "policies.yaml")
    with Pack.start(Project(root, "groundwork"), STACK) as started:
        yield started


def configure(file: Path) -> None:
    """Write the parameters of all samples into a file of policies."""
    parameters = {name: {"parameters": found["parameters"]} for name, found in FILES.items() if "parameters" in found}
    with file.open("w", encoding="utf-8") as stream:
        YAML(typ="safe").dump({"stacks": {STACK: parameters}}, stream)


@each_case
def test_pack_reports_each_failing_sample(pack: Pack, case: Case) -> None:
    """Over the protocol the violation has the rule's name, its level and the URN."""
    name = case.rule.name
    changes = [
        ResourceChange(Op(change.op), Node(change.urn, change.urn.split("::")[2], change.name, protect=True))
        for change in case.changes
    ]
    verdict = pack.judge(graph(*case.nodes), changes)
    found = {
        (violation.rule, violation.urn, violation.level)
        for violation in verdict.violations
        if violation.rule == name and violation.urn == case.blames and case.says in violation.message
    }

    assert found == {(name, case.blames, case.rule.level)}, verdict.violations
    assert bool(verdict.mandatory) or name in ADVICE


def test_pack_keeps_nothing_of_an_earlier_graph(pack: Pack) -> None:
    """A pack that has judged a bad graph finds nothing in an empty one, and the same in the bad one again."""
    case = next(case for case in failing() if case.rule.name == "labels")
    bad = graph(*case.nodes)
    first = pack.judge(bad)

    assert "labels" in {violation.rule for violation in first.violations}
    assert "labels" not in {violation.rule for violation in pack.judge(graph()).violations}
    assert pack.judge(bad) == first


def test_there_are_rules_of_both_kinds() -> None:
    """Some rules are on resources, and some on the graph."""
    assert {isinstance(rule, StackRule) for rule in RULES} == {True, False}
