"""The CIS GKE Benchmark as data, its rules and its page."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from groundwork.graph import Graph, Node, Placeholder
from policy import cis
from policy.cis_page import page
from policy.rules.cis_gke import ADVICE, RULE, STACK
from tests.conftest import ROOT

BENCHMARK: Final = cis.load()
CHECKS: Final = [(row, check) for row in BENCHMARK.rows for check in row.checks]
RULES: Final = {"mandatory": RULE, "advisory": ADVICE}

# How many recommendations each section of the version has.
SECTIONS: Final = {
    "4.1": 10, "4.2": 1, "4.3": 2, "4.4": 2, "4.5": 1, "4.6": 4,
    "5.1": 4, "5.2": 2, "5.3": 1, "5.4": 1, "5.5": 7, "5.6": 7, "5.7": 2, "5.8": 3, "5.9": 2, "5.10": 4,
}  # fmt: skip

# What no stack declares and what would be right of it, so that every check has something to be tried on.
POD: Final = {
    "serviceAccountName": "workload",
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [{"name": "a", "image": "b", "securityContext": {"allowPrivilegeEscalation": False}}],
}
SAMPLES: Final = (
    ("kubernetes:apps/v1:Deployment", {"metadata": {"namespace": "vision"}, "spec": {"template": {"spec": POD}}}),
    ("kubernetes:batch/v1:Job", {"metadata": {"namespace": "vision"}, "spec": {"template": {"spec": POD}}}),
    ("kubernetes:core/v1:Service", {"metadata": {"namespace": "vision"}, "spec": {"type": "ClusterIP"}}),
    (
        "kubernetes:gateway.networking.k8s.io/v1:Gateway",
        {"metadata": {"namespace": "gateway"}, "spec": {"listeners": [{"protocol": "HTTPS"}]}},
    ),
    (
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
        {"rules": [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}]},
    ),
)


def _nodes(graphs: dict[str, Graph]) -> Iterator[Node]:
    yield from (node for graph in graphs.values() for node in graph)
    yield from (Node(f"urn:{kind}", kind, "sample", inputs) for kind, inputs in SAMPLES)


def _messages(node: Node) -> list[str]:
    return [message for rule in RULES.values() for message in ask(rule, node)]


def _put(value: Any, path: cis.Where, wrong: object) -> Any:
    """The value with `wrong` at a path; a list on the way becomes one of a single new item."""
    if not path:
        return wrong
    if path[0] == "*":
        return [_put({}, path[1:], wrong)]
    here = copy.deepcopy(dict(value)) if isinstance(value, dict) else {}
    here[path[0]] = _put(here.get(path[0]), path[1:], wrong)
    return here


def _wrong(check: cis.Check) -> object:
    """A value that the check must not let pass."""
    match check.test:
        case "is":
            return not check.value if isinstance(check.value, bool) else f"no {check.value}"
        case "one_of":
            return "SOMETHING_ELSE"
        case "none_of":
            return check.value[0]
        case "has":
            return list(check.value[1:])
        case "without":
            return f"1{check.value}"
        case "given":
            return None
        case _:
            return "here"


def test_every_recommendation_is_there_once() -> None:
    """Ids count up in each section, and none is missing."""
    ids = [f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)]

    assert ids == [row.id for row in BENCHMARK.rows]
    assert list(SECTIONS) == list(BENCHMARK.sections)


def test_every_row_has_a_check_or_a_reason() -> None:
    """What is not checked is explained, and what is checked needs no excuse."""
    assert [row.id for row in BENCHMARK.rows if row.is_checked == bool(row.reason)] == []
    assert all(row.how and row.title for row in BENCHMARK.rows)


def test_the_page_is_fresh() -> None:
    """docs/cis-gke.md is what `make cis` writes, with a line for each row."""
    text = (ROOT / "docs" / "cis-gke.md").read_text(encoding="utf-8")

    assert page(BENCHMARK) == text
    assert [row.id for row in BENCHMARK.rows if f"| {row.id} (" not in text] == []


def test_every_stack_meets_every_row(graph: Graph) -> None:
    """No check speaks about any resource, and nothing that a row needs is missing."""
    assert [message for node in graph for message in _messages(node)] == []
    assert ask(STACK, graph) == []


def test_samples_are_right() -> None:
    """What the stacks lack would pass where it is as it should be."""
    assert [message for node in _nodes({}) for message in _messages(node)] == []


@pytest.mark.parametrize(("row", "check"), CHECKS, ids=lambda one: one.id if isinstance(one, cis.Row) else str(one))
def test_each_check_can_fail(row: cis.Row, check: cis.Check, graphs: dict[str, Graph]) -> None:
    """Every resource that a check is about is found once its input is broken, by the row's own rule and id."""
    concerned = [node for node in _nodes(graphs) if check.concerns(node)]

    assert concerned
    for node in concerned:
        # Without what would excuse it.
        inputs = _put(node.inputs, (*check.each, *check.unless_given), None) if check.unless_given else node.inputs
        broken = Node(node.urn, node.type, node.name, _put(inputs, (*check.each, *check.path), _wrong(check)))
        told = [message for message in ask(RULES[row.level], broken) if f"CIS GKE {row.id}:" in message]

        assert told, node.urn
        assert all(node.name in message for message in told)


@pytest.mark.parametrize(("row", "check"), CHECKS, ids=lambda one: one.id if isinstance(one, cis.Row) else str(one))
def test_unknown_values_are_judged(row: cis.Row, check: cis.Check, graphs: dict[str, Graph]) -> None:
    """What only an update can give is wrong, but where it only has to be there or to lack a part."""
    node = next(node for node in _nodes(graphs) if check.concerns(node))
    unknown = Node(node.urn, node.type, node.name, _put(node.inputs, (*check.each, *check.path), Placeholder.UNKNOWN))

    assert check.passes(unknown) == (check.test in ("given", "without")), row.id


def test_what_has_to_be_there_is_missed(graphs: dict[str, Graph]) -> None:
    """Taking away what a row needs is told with the row, and with the resource that stays alone."""
    graph = graphs["prod"]
    for row in BENCHMARK.rows:
        for need in row.needs:
            condition = cis.Condition(need.path, need.value)
            less = [node for node in graph if not (node.type == need.type and condition.holds(node))]
            told = ask(STACK, Graph.of("prod", "sdk", less))

            assert [f"CIS GKE {row.id}:" in message for _, message in told] == [True]
        for pair in row.pairs:
            less = [node for node in graph if node.type != pair.needs]
            alone = {node.urn for node in graph if node.type == pair.each}

            assert alone == {urn for urn, message in ask(STACK, Graph.of("prod", "sdk", less)) if row.id in message}
    assert ask(STACK, Graph.of("empty", "sdk", [])) == []


@pytest.mark.parametrize(
    ("path", "holds"),
    [("a.b", [1]), ("a.c", []), ("l.*.x", [1, 2]), ("l.*.y", []), ("u.anything", [Placeholder.UNKNOWN]), ("s.*", [])],
)
def test_paths_lead_to_values(path: str, holds: list[object]) -> None:
    """Lists are walked, texts are not, and nothing is known of what is below the unknown."""
    inputs = {"a": {"b": 1}, "l": [{"x": 1}, {"x": 2}], "u": Placeholder.UNKNOWN, "s": "text"}

    assert holds == list(cis.found(inputs, tuple(path.split("."))))


def test_a_rule_on_one_secret_is_not_a_rule_on_all() -> None:
    """A role that names the secret it reads is right; one that names none is not."""
    check = next(check for row, check in CHECKS if row.id == "4.1.2")

    def role(rule: dict[str, object]) -> Node:
        return Node("u", check.types[0], "role", {"rules": [rule]})

    assert check.passes(role({"resources": ["secrets"], "resourceNames": ["one"]}))
    assert not check.passes(role({"resources": ["secrets"]}))
    assert not check.passes(role({"resources": ["secrets"], "resourceNames": []}))


def test_a_condition_may_be_a_pattern() -> None:
    """A text is matched as file names are, and what is not known yet is not matched."""
    condition = cis.Condition(("member",), "group:*")

    assert condition.holds(Node("u", "t", "n", {"member": "group:ml@brightwater.example"}))
    assert not condition.holds(Node("u", "t", "n", {"member": "serviceAccount:ml@brightwater.example"}))
    assert not condition.holds(Node("u", "t", "n", {"member": Placeholder.UNKNOWN}))


HEAD: Final = 'name = "n"\nversion = "1"\nsource = "s"\ndate = 2026-01-01\n[sections]\n[older_ids]\n'


@pytest.mark.parametrize(
    "row",
    [
        "speck = 1",
        'check = [{ types = ["x"], path = "a" }]',
        'check = [{ types = ["x"], path = "a", is = 1, has = [1] }]',
        'check = [{ types = ["x"], path = "a", is = 1, ist = 1 }]',
    ],
)
def test_a_row_of_another_form_is_refused(row: str, tmp_path: Path) -> None:
    """A misspelt key of the data is an error, not a check that never runs."""
    file = tmp_path / "cis.toml"
    start = 'id = "1.1"\ntitle = "t"\nautomated = true\nhow = "h"\n'
    file.write_text(f"{HEAD}[[row]]\n{start}{row}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"row 1\.1: "):
        cis.load(file)
