"""Declare one component in this process and read what it registered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pulumi

from groundwork.engines.child import RecordingMonitor, record
from groundwork.graph import STACK_TYPE, Graph, Node

PROJECT: Final = "groundwork"
STACK: Final = "test"
# What a test may declare outside of components.
OUTSIDE: Final = frozenset({STACK_TYPE, "pulumi:providers:gcp", "pulumi:providers:kubernetes"})


class _Monitor(RecordingMonitor):
    """Also records which components registered their outputs."""

    def __init__(self) -> None:
        super().__init__([])
        self.finished: set[str] = set()

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - a name of the monitor protocol
        """Record that a component is complete."""
        self.finished.add(request.urn)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


def declare(program: Callable[[], object]) -> Graph:
    """The graph of a program that declares one or a few components; what the program raises is raised.

    Values that only a cloud can give are unknown, as in a preview. Default providers are allowed, so that a component
    needs no provider unless the test is about providers. Fails where a child, which is named after its component, does
    not have it as its parent, or a component does not register its outputs: the engine shows it as unfinished.
    """
    monitor = _Monitor()
    record(program, monitor, PROJECT, STACK)
    pulumi.runtime.set_all_config({})
    graph = Graph.of(STACK, "sdk", list(monitor.nodes.values()))
    components = {node.urn: node.name for node in graph if node.type.startswith(f"{PROJECT}:")}
    prefixes = tuple(f"{name}-" for name in components.values())
    children = [node for node in graph if node.urn not in components and node.name.startswith(prefixes)]
    assert [node.name for node in children if node.parent not in components] == []
    assert components.keys() <= monitor.finished
    return graph


def only(graph: Graph, kind: str) -> Node:
    """The one resource of a type; fails where there is none or more than one."""
    found = graph.of_type(kind)
    assert len(found) == 1, [node.name for node in found]
    return found[0]


def named(graph: Graph, name: str) -> Node:
    """The resource with a logical name; fails where there is none or more than one."""
    found = [node for node in graph if node.name == name]
    assert len(found) == 1, [node.name for node in graph]
    return found[0]


def inputs(graph: Graph, name: str) -> dict[str, Any]:
    """The inputs of the resource with a logical name."""
    return dict(named(graph, name).inputs)


def declared(graph: Graph) -> dict[str, str]:
    """The types of all resources by logical name, without the stack and components."""
    return {node.name: node.type for node in graph if node.custom}


def depends_on(graph: Graph, name: str) -> set[str]:
    """The names of the resources that a resource depends on, through an input or explicitly."""
    return {graph.nodes[urn].name for urn in named(graph, name).dependencies}


def protected(graph: Graph) -> set[str]:
    """The names of the resources that are protected from deletion in the state, components left out."""
    return {node.name for node in graph if node.custom and node.protect}


def read(value: pulumi.Input[Any], name: str = "reader") -> pulumi.CustomResource:
    """Declare a resource with one input, `value`, so that the graph has the value and the dependencies of an output."""
    return pulumi.CustomResource("test:index:Reader", name, {"value": value})
