"""Tests of the changes between two graphs."""

from __future__ import annotations

import dataclasses
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork.diff.change import Op
from groundwork.diff.compare import between, count
from groundwork.diff.inputs import PropertyDiff, differences
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
def test_graph_equals_itself(inputs: dict[str, Any]) -> None:
    """A graph compared with itself has no change, whatever its inputs."""
    same = graph(node("a", inputs))

    assert {Op.SAME} == {change.op for change in between(same, same)}


@settings(deadline=None)
@given(INPUTS, INPUTS)
def test_differences_are_symmetric(one: dict[str, Any], other: dict[str, Any]) -> None:
    """The differences in the other direction have their values exchanged."""
    forward = list(differences(node("a", one), node("a", other)))
    backward = [
        PropertyDiff(difference.path, difference.after, difference.before)
        for difference in differences(node("a", other), node("a", one))
    ]

    assert forward == backward


@settings(deadline=None)
@given(st.sets(st.sampled_from("abcde")), st.sets(st.sampled_from("abcde")))
def test_every_resource_is_counted_once(old: set[str], new: set[str]) -> None:
    """New resources are created, missing ones deleted, the others and the stack unchanged."""
    changes = between(graph(*map(node, sorted(old))), graph(*map(node, sorted(new))))

    assert {
        "create": len(new - old),
        "update": 0,
        "replace": 0,
        "delete": len(old - new),
        "same": len(old & new) + 1,
    } == count(changes)


def test_change_has_the_paths_and_values_that_differ() -> None:
    """Paths have Pulumi's form; unchanged resources have no change."""
    before = graph(node("a", {"labels": {"team": "x", "dotted.key": 1}, "rules": [{"age": 1}, {"age": 2}]}), node("b"))
    after = graph(node("a", {"labels": {"team": "y", "dotted.key": 2}, "rules": [{"age": 1}]}), node("b"))

    changed = [change for change in between(before, after) if change.op is not Op.SAME]

    assert [(change.node.name, change.op) for change in changed] == [("a", Op.UPDATE)]
    assert (
        PropertyDiff('labels["dotted.key"]', 1, 2),
        PropertyDiff("labels.team", "x", "y"),
        PropertyDiff("rules[1]", {"age": 2}, None),
    ) == changed[0].differences


def test_unknown_value_is_not_a_difference() -> None:
    """Whether a value that only the cloud knows has changed is unknown; against an absent value it is a difference."""
    assert list(differences(node("a", {"x": Placeholder.UNKNOWN}), node("a", {"x": "known"}))) == []
    assert [PropertyDiff("x", None, Placeholder.UNKNOWN)] == list(
        differences(node("a"), node("a", {"x": Placeholder.UNKNOWN}))
    )


def test_changed_options_are_differences() -> None:
    """A reviewer has to see that a resource is no longer protected or retained."""
    before = node("a", protect=True, retain_on_delete=True)

    assert list(differences(before, node("a"))) == [
        PropertyDiff("protect", before=True, after=False),
        PropertyDiff("retainOnDelete", before=True, after=False),
    ]


def test_every_resource_is_created_without_a_baseline() -> None:
    """The stack resource included."""
    assert {Op.CREATE} == {change.op for change in between(None, graph(node("a")))}


def test_ignored_inputs_are_not_differences() -> None:
    """`ignoreChanges` covers a path and the paths below it, and not paths that only start with the same letters."""
    before = {"size": 1, "sizes": 1, "nested": {"a": 1, "b": [1]}}
    after = node("a", {"size": 2, "sizes": 2, "nested": {"a": 2, "b": [2]}}, ignore_changes=("size", "nested.b"))

    assert [difference.path for difference in differences(node("a", before), after)] == ["nested.a", "sizes"]


def test_constructed_component_without_inputs_is_unchanged() -> None:
    """A state has the objects of a kustomize folder and not its inputs; a plan has the inputs and not the objects."""
    folder = "kubernetes:kustomize/v2:Directory"
    inside = Node("urn:in", "kubernetes:core/v1:ConfigMap", "in", {}, parent="urn:folder")
    before = graph(Node("urn:folder", folder, "f", {}, custom=False), inside)
    planned = Node("urn:folder", folder, "f", {"directory": "x?ref=1"}, custom=False, provider="urn:p")

    assert {change.op for change in between(before, graph(planned))} == {Op.SAME}

    bumped = dataclasses.replace(planned, inputs={"directory": "x?ref=2"})

    assert [change.op for change in between(graph(planned), graph(bumped)) if change.op is not Op.SAME] == [Op.UPDATE]
