"""The CIS GKE Benchmark as data, its rules and its page."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from groundwork.documents import DocumentError
from groundwork.graph import Graph, Node, Placeholder
from policy import cis
from policy.cis_page import page
from policy.input_paths import InputPath, values_at
from policy.rules import cis_gke, cis_gke_advice, cis_gke_stack
from policy.rules._cis_gke import PAGE
from tests.conftest import ROOT
from tests.policy.asking import ask, ask_stack

BENCHMARK: Final = cis.load()
CHECKS: Final = [(row, check) for row in BENCHMARK.rows for check in row.checks]
RULES: Final = {"mandatory": cis_gke.RULE, "advisory": cis_gke_advice.RULE}

# The number of recommendations in each section of the version.
SECTIONS: Final = {
    "4.1": 10, "4.2": 1, "4.3": 2, "4.4": 2, "4.5": 1, "4.6": 4,
    "5.1": 4, "5.2": 2, "5.3": 1, "5.4": 1, "5.5": 7, "5.6": 7, "5.7": 2, "5.8": 3, "5.9": 2, "5.10": 4,
}  # fmt: skip

# Valid resources of types that no stack declares, so that every check has a resource.
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


def _put(value: Any, path: InputPath, wrong: object) -> Any:
    """The value with `wrong` at a path; a list in the path becomes a list of one new item."""
    if not path:
        return wrong
    if path[0] == "*":
        return [_put({}, path[1:], wrong)]
    here = copy.deepcopy(dict(value)) if isinstance(value, dict) else {}
    here[path[0]] = _put(here.get(path[0]), path[1:], wrong)
    return here


def _wrong(check: cis.Check) -> object:
    """A value that fails the check."""
    match check.test:
        case "is":
            return not check.value if isinstance(check.value, bool) else f"not-{check.value}"
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


def _id(value: cis.Row | cis.Check) -> str:
    return value.id if isinstance(value, cis.Row) else str(value)


def test_every_recommendation_has_one_row() -> None:
    """The ids of each section are consecutive."""
    ids = [f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)]

    assert ids == [row.id for row in BENCHMARK.rows]
    assert list(SECTIONS) == list(BENCHMARK.sections)


def test_every_row_has_a_check_or_a_reason() -> None:
    """A row without a check has a reason, and a row with a check has none."""
    assert [row.id for row in BENCHMARK.rows if row.is_checked == bool(row.reason)] == []
    assert all(row.how and row.title for row in BENCHMARK.rows)


def test_cis_page_is_up_to_date() -> None:
    """docs/cis-gke.md is what `make cis` writes, with a line for each row."""
    text = (ROOT / "docs" / "cis-gke.md").read_text(encoding="utf-8")

    assert page(BENCHMARK) == text
    assert [row.id for row in BENCHMARK.rows if f"| {row.id} (" not in text] == []


def test_every_stack_meets_every_row(graph: Graph) -> None:
    """No resource violates a check, and no resource that a row needs is missing."""
    assert [message for node in graph for message in _messages(node)] == []
    assert ask_stack(cis_gke_stack.RULE, graph) == []


def test_samples_pass() -> None:
    """The samples of this file violate no check."""
    assert [message for node in _nodes({}) for message in _messages(node)] == []


@pytest.mark.parametrize(("row", "check"), CHECKS, ids=_id)
def test_each_check_can_fail(row: cis.Row, check: cis.Check, graphs: dict[str, Graph]) -> None:
    """Every resource of a check is a violation of its row once the input is wrong."""
    concerned = [node for node in _nodes(graphs) if check.concerns(node)]

    assert concerned
    for node in concerned:
        # Without the exception of the check.
        inputs = _put(node.inputs, (*check.each, *check.unless_given), None) if check.unless_given else node.inputs
        broken = Node(node.urn, node.type, node.name, _put(inputs, (*check.each, *check.path), _wrong(check)))
        messages = [message for message in ask(RULES[row.level], broken) if f"CIS GKE {row.id} (" in message]

        assert messages, node.urn
        assert all(node.name in message for message in messages)


@pytest.mark.parametrize(("row", "check"), CHECKS, ids=_id)
def test_unknown_values_fail(row: cis.Row, check: cis.Check, graphs: dict[str, Graph]) -> None:
    """An unknown value fails every test except `given` and `without`."""
    node = next(node for node in _nodes(graphs) if check.concerns(node))
    unknown = Node(node.urn, node.type, node.name, _put(node.inputs, (*check.each, *check.path), Placeholder.UNKNOWN))

    assert check.passes(unknown) == (check.test in ("given", "without")), row.id


def test_page_in_messages_exists() -> None:
    """The page that messages name is in the repository."""
    assert (ROOT / PAGE).is_file()


def test_missing_resources_are_reported(graphs: dict[str, Graph]) -> None:
    """Removing a resource that a row needs is a violation of the row, on each resource without its pair."""
    graph = graphs["prod"]
    for row in BENCHMARK.rows:
        for need in row.needs:
            condition = cis.Condition(path=need.path, value=need.value)
            less = [node for node in graph if not (node.type == need.type and condition.holds(node))]
            violations = ask_stack(cis_gke_stack.RULE, Graph.of("prod", "sdk", less))

            assert [(urn, f"CIS GKE {row.id} (" in message) for urn, message in violations] == [("", True)]
        for pair in row.pairs:
            less = [node for node in graph if node.type != pair.needs]
            alone = {node.urn for node in graph if node.type == pair.each}

            violations = ask_stack(cis_gke_stack.RULE, Graph.of("prod", "sdk", less))

            assert alone == {urn for urn, message in violations if f"CIS GKE {row.id} (" in message}
    assert ask_stack(cis_gke_stack.RULE, Graph.of("empty", "sdk", [])) == []


@pytest.mark.parametrize(
    ("path", "holds"),
    [("a.b", [1]), ("a.c", []), ("l.*.x", [1, 2]), ("l.*.y", []), ("u.anything", [Placeholder.UNKNOWN]), ("s.*", [])],
)
def test_values_at_a_path(path: str, holds: list[object]) -> None:
    """A star is each item of a list, but not of text; everything below an unknown value is unknown."""
    inputs = {"a": {"b": 1}, "l": [{"x": 1}, {"x": 2}], "u": Placeholder.UNKNOWN, "s": "text"}

    assert holds == list(values_at(inputs, tuple(path.split("."))))


def test_role_may_read_named_secrets() -> None:
    """A role with resourceNames may read secrets; a role without may not."""
    check = next(check for row, check in CHECKS if row.id == "4.1.2")

    def role(rule: dict[str, object]) -> Node:
        return Node("u", check.types[0], "role", {"rules": [rule]})

    assert check.passes(role({"resources": ["secrets"], "resourceNames": ["one"]}))
    assert not check.passes(role({"resources": ["secrets"]}))
    assert not check.passes(role({"resources": ["secrets"], "resourceNames": []}))


def test_condition_matches_a_pattern() -> None:
    """Text is a glob pattern, and an unknown value does not match."""
    condition = cis.Condition(path=("member",), value="group:*")

    assert condition.holds(Node("u", "t", "n", {"member": "group:ml@brightwater.example"}))
    assert not condition.holds(Node("u", "t", "n", {"member": "serviceAccount:ml@brightwater.example"}))
    assert not condition.holds(Node("u", "t", "n", {"member": Placeholder.UNKNOWN}))


ROW: Final = 'id = "1.1"\ntitle = "t"\nautomated = true\nhow = "h"\n'
HEAD: Final = 'name = "n"\nversion = "1"\nsource = "s"\ndate = 2026-01-01\n[sections]\n[older_ids]\n'


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("speck = 1", "row[0].speck: unknown key"),
        ('check = [{ types = ["x"], path = "a" }]', "row[0].check[0]: has 0 tests (exactly one of is, "),
        ('check = [{ types = ["x"], path = "a", is = 1, has = [1] }]', "row[0].check[0]: has 2 tests"),
        ('check = [{ types = ["x"], path = "a", is = 1, ist = 1 }]', "row[0].check[0].ist: unknown key"),
        ('check = [{ path = "a", is = 1 }]', "row[0].check[0].types: is missing"),
        ('check = [{ types = ["x"], path = 1, is = 1 }]', "row[0].check[0].path: "),
        ('check = [{ types = ["x"], path = "a", is = 1, where = 1 }]', "row[0].check[0].where: "),
        ('need = [{ type = "x", path = "a", is = "b" }]', "row[0].need[0].wanted_by: is missing"),
        ('level = "strict"', "row[0].level: "),
    ],
)
def test_invalid_row_is_reported(row: str, message: str, tmp_path: Path) -> None:
    """A misspelled key or a missing one is an error with file, line and key path, not a check that never runs."""
    file = tmp_path / "cis.toml"
    file.write_text(f"{HEAD}[[row]]\n{ROW}{row}\n", encoding="utf-8")

    with pytest.raises(DocumentError) as caught:
        cis.load(file)

    (problem,) = caught.value.problems
    assert str(problem).startswith("policy/cis.toml:")
    assert message in str(problem)


def test_all_invalid_rows_are_reported(tmp_path: Path) -> None:
    """A wrong row does not hide another one."""
    file = tmp_path / "cis.toml"
    file.write_text(f"{HEAD}[[row]]\n{ROW}speck = 1\n[[row]]\nid = 1\n", encoding="utf-8")

    with pytest.raises(DocumentError) as caught:
        cis.load(file)

    assert {problem.path for problem in caught.value.problems} >= {"row[0].speck", "row[1].id", "row[1].title"}
