"""The real engine's own steps, as its preview writes them."""

from __future__ import annotations

from typing import Any

from groundwork.diff.compare import Forced, Op, count
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
    _step("same", "kept", old={"x": 1}, new={"x": 1}),
    _step("create", "made", new={"x": 1}),
    _step("update", "changed", old={"x": 1}, new={"x": 2}),
    _step("delete", "gone", old={"x": 1}),
    _step("create-replacement", "moved", old={"x": 1}, new={"x": 2}),
    _step("replace", "moved", old={"x": 1}, new={"x": 2}),
    _step("delete-replaced", "moved", old={"x": 1}),
]


def test_a_replacement_is_one_change() -> None:
    """The engine takes three steps to replace a resource; a reviewer sees one change with its reason."""
    changes = {change.node.name: change for change in changes_of(STEPS)}

    assert count(list(changes.values())) == {"create": 1, "update": 1, "replace": 1, "delete": 1, "same": 1}
    assert Op.REPLACE is changes["moved"].op
    assert [difference.path for difference in changes["moved"].differences] == ["x"]


def test_deleting_first_is_the_same_change() -> None:
    """The order of the steps is the engine's business: delete-before-replace reads the same."""
    assert changes_of(STEPS) == changes_of(STEPS[:4] + STEPS[:3:-1])


def test_what_the_engine_keeps_is_known() -> None:
    """Its old state says that it is kept; what goes with its cluster is not."""
    stays, gone = _step("delete", "stays", old={}), _step("delete", "gone", old={})
    stays["oldState"] |= {"retainOnDelete": True, "provider": f"{node('cluster').urn}::1234"}
    cluster = _step("delete", "cluster", old={})

    def kept(*steps: dict[str, Any]) -> list[str]:
        return [change.node.name for change in changes_of(list(steps)) if change.kept]

    assert kept(stays, gone) == ["stays"]
    assert kept(stays, gone, cluster) == []


def test_the_graph_is_what_is_left() -> None:
    """After the steps, what was deleted is gone and the rest has its new inputs."""
    graph = graph_of("dev", "pulumi", STEPS)

    assert {found.name: found.inputs["x"] for found in graph} == {"kept": 1, "made": 1, "changed": 2, "moved": 2}


def test_reasons_are_what_the_provider_says() -> None:
    """A path that the program changed; not what the new resource will compute, nor a provider's own key."""
    detailed = {"location": {"kind": "update-replace"}, "url": {"kind": "add-replace"}, "labels.a": {"kind": "update"}}
    moved = _step("replace", "moved", old={"location": "EU", "labels": {"a": 1}}, new={"location": "US"})
    moved |= {"detailedDiff": detailed, "replaceReasons": ["location", "url"]}
    coded = _step("replace", "coded", old={"location": "EU"}, new={"location": "US"})
    coded |= {"detailedDiff": {"__meta": {"kind": "update-replace"}}, "replaceReasons": ["__meta"]}
    changes = {change.node.name: change for change in changes_of([moved, coded])}

    assert changes["moved"].forced_by == changes["coded"].forced_by == (Forced("location"),)


def test_what_is_replaced_along_names_its_source() -> None:
    """The engine says which input, the graph where that comes from; what a replaced provider made needs no input."""
    moved = _step("replace", "moved", old={"location": "EU"}, new={"location": "US"})
    grant = _step("replace", "grant", old={"bucket": "a"}, new={"bucket": "a"}) | {"replaceReasons": ["bucket"]}
    grant["newState"]["propertyDependencies"] = {"bucket": [node("moved").urn]}
    made = _step("replace", "made", old={"x": 1}, new={"x": 1})
    made["newState"]["provider"] = f"{node('moved').urn}::1234"
    changes = {change.node.name: change for change in changes_of([moved, grant, made])}

    assert changes["grant"].forced_by == (Forced("bucket", node("moved").urn),)
    assert changes["made"].forced_by == (Forced("", node("moved").urn),)


def test_a_renamed_resource_says_what_it_was() -> None:
    """The old state has the URN that the alias named."""
    step = _step("same", "new", new={"x": 1})
    step["oldState"] = _state("old", x=1)

    assert [(change.op, change.renamed_from) for change in changes_of([step])] == [(Op.SAME, node("old").urn)]


def test_what_was_there_before_is_known() -> None:
    """Old states make the graph that a preview's cost is compared with; what is new was not in it."""
    old = {"urn": "urn:pulumi:dev::p::t::a", "type": "t", "custom": True, "inputs": {"size": 1}}
    new = {**old, "inputs": {"size": 2}}
    made = {**old, "urn": "urn:pulumi:dev::p::t::b"}
    found = [
        {"op": "update", "urn": old["urn"], "oldState": old, "newState": new},
        {"op": "create", "urn": made["urn"], "newState": made},
    ]

    before = graph_before("dev", found)

    assert [(node.urn, node.inputs) for node in before] == [(old["urn"], {"size": 1})]
