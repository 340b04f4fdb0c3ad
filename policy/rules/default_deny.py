"""Every namespace that the platform declares is closed in both directions before anything is let through.

A pod that no policy names is open to the whole cluster, so one policy names them all and lets nothing through; what is
needed is in policies beside it, which add up. A policy that names one direction leaves the other one open.

Before a cluster is there, the engine's plan has nothing of what is in its objects: of a namespace without any input
nobody can say anything, and the row 4.3.2 of the benchmark sees to it that a policy stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Graph, Node, Value, at
from policy.rules._rule import Asked, Parameters, StackRule

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
NOTHING: Final[tuple[Value, ...]] = (None, [], {})


def check(graph: Graph, _: Asked[Parameters]) -> Iterator[tuple[str, str]]:
    """One message for each namespace and direction that no policy of its own component closes."""
    closed = [node for node in graph if node.type == POLICY and at(node.inputs, "spec.podSelector") in NOTHING]
    for node in graph:
        if node.type != NAMESPACE or not node.inputs:
            continue
        own = [policy for policy in closed if policy.parent == node.parent and _place(policy) == _name(node)]
        for direction in ("Ingress", "Egress"):
            if not any(_closes(policy, direction) for policy in own):
                wanted = f"a NetworkPolicy beside it that names all pods and {direction} and lets nothing through"
                yield node.urn, f"{node.name} is not closed; wanted: {wanted}"


def _closes(policy: Node, direction: str) -> bool:
    named = at(policy.inputs, "spec.policyTypes")
    return isinstance(named, list) and direction in named and at(policy.inputs, f"spec.{direction.lower()}") in NOTHING


def _place(policy: Node) -> object:
    return at(policy.inputs, "metadata.namespace")


def _name(namespace: Node) -> object:
    return at(namespace.inputs, "metadata.name")


RULE: Final = StackRule(
    name="default-deny",
    description="Every declared namespace is closed in both directions by a network policy of its own",
    level="mandatory",
    check=check,
    parameters=Parameters,
)
