"""What changes between two graphs."""

from __future__ import annotations

import dataclasses
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork.diff.compare import Difference, Op, between, count, differences
from groundwork.graph import Node, Placeholder
from tests.groundwork.samples import graph, node

INPUTS = st.dictionaries(
    st.sampled_from("abcd"),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just(Placeholder.UNKNOWN),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
        max_leaves=8,
    ),
)


@settings(deadline=None)
@given(INPUTS)
def test_nothing_changes_against_itself(inputs: dict[str, Any]) -> None:
    """A graph compared with itself is unchanged, whatever it holds."""
    same = graph(node("a", inputs))

    assert {Op.SAME} == {change.op for change in between(same, same)}


@settings(deadline=None)
@given(INPUTS, INPUTS)
def test_differences_are_symmetric(one: dict[str, Any], other: dict[str, Any]) -> None:
    """The way back undoes the way there."""
    there = list(differences(node("a", one), node("a", other)))
    back = [
        Difference(found.path, found.after, found.before) for found in differences(node("a", other), node("a", one))
    ]

    assert there == back


@settings(deadline=None)
@given(st.sets(st.sampled_from("abcde")), st.sets(st.sampled_from("abcde")))
def test_every_resource_is_counted_once(old: set[str], new: set[str]) -> None:
    """New ones are created, lost ones deleted, the rest and the stack unchanged."""
    changes = between(graph(*map(node, sorted(old))), graph(*map(node, sorted(new))))

    assert {
        "create": len(new - old),
        "update": 0,
        "replace": 0,
        "delete": len(old - new),
        "same": len(old & new) + 1,
    } == count(changes)


def test_one_change_is_shown_and_nothing_else() -> None:
    """A difference has the path that Pulumi would write, and both values."""
    before = graph(node("a", {"labels": {"team": "x", "dotted.key": 1}, "rules": [{"age": 1}, {"age": 2}]}), node("b"))
    after = graph(node("a", {"labels": {"team": "y", "dotted.key": 2}, "rules": [{"age": 1}]}), node("b"))

    changed = [change for change in between(before, after) if change.op is not Op.SAME]

    assert [(change.node.name, change.op) for change in changed] == [("a", Op.UPDATE)]
    assert (
        Difference('labels["dotted.key"]', 1, 2),
        Difference("labels.team", "x", "y"),
        Difference("rules[1]", {"age": 2}, None),
    ) == changed[0].differences


def test_an_unknown_value_is_no_difference() -> None:
    """Nobody can say that a value which only the cloud knows has changed."""
    assert list(differences(node("a", {"x": Placeholder.UNKNOWN}), node("a", {"x": "known"}))) == []


def test_protection_is_part_of_a_declaration() -> None:
    """Dropping protection is a change that a reviewer must see."""
    assert [Difference("protect", before=True, after=False)] == list(
        differences(node("a", protect=True), node("a", protect=False))
    )


def test_all_is_new_against_nothing() -> None:
    """Without anything to compare with, every resource is created."""
    assert {Op.CREATE} == {change.op for change in between(None, graph(node("a")))}


def test_ignored_inputs_are_no_change() -> None:
    """What the program leaves to others is not reported, at the path itself and below it."""
    before = {"size": 1, "sizes": 1, "nested": {"a": 1, "b": [1]}}
    after = node("a", {"size": 2, "sizes": 2, "nested": {"a": 2, "b": [2]}}, ignore_changes=("size", "nested.b"))

    assert [found.path for found in differences(node("a", before), after)] == ["nested.a", "sizes"]


def test_what_a_plugin_makes_inside_its_component_is_no_change() -> None:
    """A state has the objects of a kustomize folder and nothing of its inputs; a plan has it the other way round."""
    folder = "kubernetes:kustomize/v2:Directory"
    inside = Node("urn:in", "kubernetes:core/v1:ConfigMap", "in", {}, parent="urn:folder")
    before = graph(Node("urn:folder", folder, "f", {}, custom=False), inside)
    planned = Node("urn:folder", folder, "f", {"directory": "x?ref=1"}, custom=False, provider="urn:p")

    assert {change.op for change in between(before, graph(planned))} == {Op.SAME}

    bumped = dataclasses.replace(planned, inputs={"directory": "x?ref=2"})

    assert [change.op for change in between(graph(planned), graph(bumped)) if change.op is not Op.SAME] == [Op.UPDATE]
