"""The embedded engine and the Pulumi engine plan the same graph."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from groundwork.engines import real
from groundwork.graph import Graph, Node, Placeholder, Value
from groundwork.project import Project
from tests.conftest import CLOUD_STACKS

pytestmark = pytest.mark.usefixtures("providers")


def _missing(embedded: Value, engine: Value, path: str) -> Iterator[str]:
    """The paths of values of the embedded engine that differ from the Pulumi engine; unknown values do not differ."""
    if embedded is Placeholder.UNKNOWN:
        return
    if isinstance(embedded, dict) and isinstance(engine, dict):
        for key, value in embedded.items():
            yield from _missing(value, engine.get(key), f"{path}.{key}")
    elif isinstance(embedded, list) and isinstance(engine, list) and len(embedded) == len(engine):
        for index, (ours, theirs) in enumerate(zip(embedded, engine, strict=True)):
            yield from _missing(ours, theirs, f"{path}[{index}]")
    elif embedded != engine:
        yield f"{path}: {embedded!r} is not {engine!r}"


def _is_remote(node: Node) -> bool:
    """Whether a plugin constructs a component and registers it without the program's inputs.

    The embedded engine shows those inputs, so that a reviewer sees changes of a pinned version.
    """
    return not node.custom and node.provider is not None


@pytest.mark.parametrize("stack", CLOUD_STACKS)
def test_engines_agree(project: Project, graphs: dict[str, Graph], stack: str) -> None:
    """Same URNs, dependencies and options, and the inputs of the embedded engine are in the other."""
    embedded, engine = graphs[stack], real.plan(project, stack)

    assert list(embedded.nodes) == list(engine.nodes)
    for node in embedded:
        other = engine.nodes[node.urn]
        if _is_remote(node):
            continue
        assert list(_missing(node.inputs, other.inputs, node.urn)) == []
        for option in ("type", "name", "parent", "custom", "provider", "protect", "retain_on_delete"):
            assert getattr(node, option) == getattr(other, option), (node.urn, option)
        assert (node.dependencies, node.property_dependencies) == (other.dependencies, other.property_dependencies)


def test_comparison_detects_differences() -> None:
    """Guards the test above: missing, shorter, other and unknown values of the Pulumi engine differ."""
    assert list(_missing({"a": [1, Placeholder.UNKNOWN]}, {"a": [1, 2], "b": 3}, "")) == []
    assert list(_missing({"a": 1}, {}, ""))
    assert list(_missing({"a": [1]}, {"a": [1, 2]}, ""))
    assert list(_missing({"a": {"b": 1}}, {"a": {"b": 2}}, ""))
    assert list(_missing({"a": "known"}, {"a": Placeholder.UNKNOWN}, ""))


def test_plan_does_not_change_the_project(project: Project) -> None:
    """A plan of the Pulumi engine writes neither settings nor state into the project."""
    before = {file: file.read_bytes() for file in project.root.glob("Pulumi*.yaml")}

    real.plan(project, "dev")

    assert before == {file: file.read_bytes() for file in project.root.glob("Pulumi*.yaml")}
