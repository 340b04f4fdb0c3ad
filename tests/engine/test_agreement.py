"""The embedded engine and the real one see the same platform."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from groundwork.engines import real
from groundwork.graph import Graph, Node, Placeholder, Value
from groundwork.project import Project
from tests.conftest import CLOUD_STACKS

pytestmark = pytest.mark.usefixtures("needs_plugins")


def _missing(embedded: Value, engine: Value, path: str) -> Iterator[str]:
    """The paths of what the embedded engine shows and the real one does not; an unknown value shows nothing."""
    if embedded is Placeholder.UNKNOWN:
        return
    if isinstance(embedded, dict) and isinstance(engine, dict):
        for key, value in embedded.items():
            yield from _missing(value, engine.get(key), f"{path}.{key}")
    elif isinstance(embedded, list) and isinstance(engine, list) and len(embedded) == len(engine):
        for index, (one, other) in enumerate(zip(embedded, engine, strict=True)):
            yield from _missing(one, other, f"{path}[{index}]")
    elif embedded != engine:
        yield f"{path}: {embedded!r} is not {engine!r}"


def _is_remote(node: Node) -> bool:
    """Whether a component is built inside a plugin, which registers it again without what the program said of it.

    The embedded engine shows what the program said: a reviewer sees there that a pinned version changes.
    """
    return not node.custom and node.provider is not None


@pytest.mark.parametrize("stack", CLOUD_STACKS)
def test_engines_agree(project: Project, graphs: dict[str, Graph], stack: str) -> None:
    """Same URNs, same edges, same options, and every input that one shows is in the other."""
    embedded, engine = graphs[stack], real.plan(project, stack)

    assert list(embedded.nodes) == list(engine.nodes)
    for one in embedded:
        other = engine.nodes[one.urn]
        if _is_remote(one):
            continue
        assert list(_missing(one.inputs, other.inputs, one.urn)) == []
        for option in ("type", "name", "parent", "custom", "provider", "protect", "retain_on_delete"):
            assert getattr(one, option) == getattr(other, option), (one.urn, option)
        assert (one.dependencies, one.property_dependencies) == (other.dependencies, other.property_dependencies)


def test_the_comparison_sees_differences() -> None:
    """Each way in which two values can differ is found; an unknown one is not a difference."""
    assert list(_missing({"a": [1, Placeholder.UNKNOWN]}, {"a": [1, 2], "b": 3}, "")) == []
    assert list(_missing({"a": 1}, {}, ""))
    assert list(_missing({"a": [1]}, {"a": [1, 2]}, ""))
    assert list(_missing({"a": {"b": 1}}, {"a": {"b": 2}}, ""))
    assert list(_missing({"a": "known"}, {"a": Placeholder.UNKNOWN}, ""))


def test_planning_leaves_nothing_behind(project: Project) -> None:
    """A plan by the real engine writes no settings, no state and no lock into the project."""
    before = {file: file.read_bytes() for file in project.root.glob("Pulumi*.yaml")}

    real.plan(project, "dev")

    assert before == {file: file.read_bytes() for file in project.root.glob("Pulumi*.yaml")}
