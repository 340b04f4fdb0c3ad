"""Tests of the steps of `pulumi preview`."""

from __future__ import annotations

from typing import Any

from groundwork.diff.change import Op, ReplaceReason
from groundwork.diff.compare import count
from groundwork.diff.engine_steps import changes_of, graph_before, graph_of
from tests.groundwork.samples import node


def _state(name: str, **inputs: Any) -> dict[str, Any]:
    sample = node(name)
    return {"urn": sample.urn, "type": sample.type, "custom": True, "inputs": inputs}


def _step(
    op: str, name: str, *, old: dict[str, Any] | None = None, new: dict[str, Any] | None = None
) -> dict[str, Any]:
    step: dict[str, Any] = {"op": op, "urn": node(name).urn}
    if old is not None:
        step["oldState"] = _state(name, **old)
    if new is not None:
        step["newState"] = _state(name, **new)
    return step


STEPS = [
    _step("same", "unchanged", old={"x": 1}, new={"x": 1}),
    _step("create", "made", new={"x": 1}),
    _step("update", "changed", old={"x": 1}, new={"x": 2}),
    _step("delete", "deleted", old={"x": 1}),
    _step("create-replacement", "moved", old={"x": 1}, new={"x": 2}),
    _step("replace", "moved", old={"x": 1}, new={"x": 2}),
    _step("delete-replaced", "moved", old={"x": 1}),
]


def test_replacement_is_one_change() -> None:
    """The engine replaces a resource in three steps."""
    changes = {change.node.name: change for change in changes_of(STEPS)}

    assert count(list(changes.values())) == {"create": 1, "update": 1, "replace": 1, "delete": 1, "same": 1}
    assert Op.REPLACE is changes["moved"].op
    assert [difference.path for difference in changes["moved"].differences] == ["x"]


def test_delete_before_replace_is_the_same_change() -> None:
    """The order of the steps does not matter."""
    assert changes_of(STEPS) == changes_of(STEPS[:4] + STEPS[:3:-1])


def test_retained_resource_is_marked() -> None:
    """The option is in the old state; an object of a deleted cluster is not retained."""
    kept, deleted = _step("delete", "kept", old={}), _step("delete", "deleted", old={})
    kept["oldState"] |= {"retainOnDelete": True, "provider": f"{node('cluster').urn}::1234"}
    cluster = _step("delete", "cluster", old={})

    def retained(*steps: dict[str, Any]) -> list[str]:
        return [change.node.name for change in changes_of(list(steps)) if change.retained]

    assert retained(kept, deleted) == ["kept"]
    assert retained(kept, deleted, cluster) == []


def test_graph_is_the_state_after_the_steps() -> None:
    """Deleted resources are left out, the others have their new inputs."""
    graph = graph_of("dev", "pulumi", STEPS)

    assert {node.name: node.inputs["x"] for node in graph} == {"unchanged": 1, "made": 1, "changed": 2, "moved": 2}


def test_reasons_are_those_of_the_provider() -> None:
    """Only paths that the program changed; outputs of the new resource and internal keys are left out."""
    detailed = {"location": {"kind": "update-replace"}, "url": {"kind": "add-replace"}, "labels.a": {"kind": "update"}}
    moved = _step("replace", "moved", old={"location": "EU", "labels": {"a": 1}}, new={"location": "US"})
    moved |= {"detailedDiff": detailed, "replaceReasons": ["location", "url"]}
    coded = _step("replace", "coded", old={"location": "EU"}, new={"location": "US"})
    coded |= {"detailedDiff": {"__meta": {"kind": "update-replace"}}, "replaceReasons": ["__meta"]}
    changes = {change.node.name: change for change in changes_of([moved, coded])}

    assert changes["moved"].forced_by == changes["coded"].forced_by == (ReplaceReason("location"),)


def test_consequential_replacement_names_its_source() -> None:
    """The engine reports the input, the graph has its source; an object of a replaced provider needs no input."""
    moved = _step("replace", "moved", old={"location": "EU"}, new={"location": "US"})
    grant = _step("replace", "grant", old={"bucket": "a"}, new={"bucket": "a"}) | {"replaceReasons": ["bucket"]}
    grant["newState"]["propertyDependencies"] = {"bucket": [node("moved").urn]}
    made = _step("replace", "made", old={"x": 1}, new={"x": 1})
    made["newState"]["provider"] = f"{node('moved').urn}::1234"
    changes = {change.node.name: change for change in changes_of([moved, grant, made])}

    assert changes["grant"].forced_by == (ReplaceReason("bucket", node("moved").urn),)
    assert changes["made"].forced_by == (ReplaceReason("", node("moved").urn),)


def test_renamed_resource_has_its_old_urn() -> None:
    """The old state has the URN of the alias."""
    step = _step("same", "new", new={"x": 1})
    step["oldState"] = _state("old", x=1)

    assert [(change.op, change.renamed_from) for change in changes_of([step])] == [(Op.SAME, node("old").urn)]


def test_graph_before_has_the_old_states() -> None:
    """It is the baseline of the cost; created resources are not in it."""
    old = {"urn": "urn:pulumi:dev::p::t::a", "type": "t", "custom": True, "inputs": {"size": 1}}
    new = {**old, "inputs": {"size": 2}}
    made = {**old, "urn": "urn:pulumi:dev::p::t::b"}
    steps = [
        {"op": "update", "urn": old["urn"], "oldState": old, "newState": new},
        {"op": "create", "urn": made["urn"], "newState": made},
    ]

    before = graph_before("dev", steps)

    assert [(node.urn, node.inputs) for node in before] == [(old["urn"], {"size": 1})]
