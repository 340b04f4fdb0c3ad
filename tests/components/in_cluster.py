"""Declare one component with the provider of a cluster and read the objects that it declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import pulumi
import pulumi_kubernetes as k8s

from groundwork.graph import STACK_TYPE, Node
from tests.components.declare import declare

NAME: Final = "sample"
LABELS: Final = {"team": "vision", "cost-center": "cc-1001"}

Args = TypeVar("Args")


@dataclass(frozen=True)
class Objects:
    """The children of a component by role, which is the part of their name after the component's."""

    nodes: Mapping[str, Node]

    @property
    def roles(self) -> set[str]:
        """The roles of all children."""
        return set(self.nodes)

    def inputs(self, role: str) -> dict[str, Any]:
        """All inputs of a child."""
        return dict(self.nodes[role].inputs)

    def metadata(self, role: str) -> dict[str, Any]:
        """The metadata of a child."""
        return dict(self.nodes[role].inputs["metadata"])

    def spec(self, role: str) -> dict[str, Any]:
        """The spec of a child."""
        return dict(self.nodes[role].inputs["spec"])

    def dependencies(self, role: str) -> set[str]:
        """The roles that a child depends on."""
        return {other for other, node in self.nodes.items() if node.urn in self.nodes[role].dependencies}

    def kind(self, role: str) -> tuple[str, str]:
        """The API version and the kind of a child, from its inputs and from its type, which must agree."""
        inputs = self.nodes[role].inputs
        assert self.nodes[role].type.endswith(f"{inputs['apiVersion']}:{inputs['kind']}")
        return inputs["apiVersion"], inputs["kind"]


def in_cluster(component: Callable[[str, Args, pulumi.ResourceOptions], object], args: Args) -> Objects:
    """The children of a component; each must have the component as parent and the provider of the component."""

    def program() -> None:
        provider = k8s.Provider("cluster", kubeconfig="{}")
        component(NAME, args, pulumi.ResourceOptions(provider=provider))

    graph = declare(program)
    (provider,) = (node for node in graph if node.is_provider)
    (parent,) = (node for node in graph if node.name == NAME)
    children = [node for node in graph if node not in (provider, parent) and node.type != STACK_TYPE]
    assert not parent.custom
    assert {node.provider for node in children if node.custom} <= {provider.urn}
    assert {node.parent for node in children} <= {parent.urn}
    return Objects({node.name.removeprefix(f"{NAME}-"): node for node in children})
