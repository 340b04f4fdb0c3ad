"""The rule `default-deny`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Graph, Node, Value, at
from policy.rules._rule import Context, Parameters, StackRule

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
NOTHING: Final[tuple[Value, ...]] = (None, [], {})


def check(graph: Graph, _: Context[Parameters]) -> Iterator[tuple[str, str]]:
    """One message for each direction in which a namespace has no default-deny policy in its component."""
    all_pods = [node for node in graph.of_type(POLICY) if at(node.inputs, "spec.podSelector") in NOTHING]
    for node in graph.of_type(NAMESPACE):
        if not node.inputs:
            continue
        own = [policy for policy in all_pods if policy.parent == node.parent and _namespace(policy) == _name(node)]
        for direction in ("Ingress", "Egress"):
            if not any(_denies(policy, direction) for policy in own):
                yield node.urn, _message(node, direction)


def _message(node: Node, direction: str) -> str:
    return (
        f"{node.name} allows all {direction} traffic: declare, in the component of the namespace, a NetworkPolicy with "
        f"an empty podSelector, {direction} in policyTypes and no {direction.lower()} rules"
    )


def _denies(policy: Node, direction: str) -> bool:
    types = at(policy.inputs, "spec.policyTypes")
    return isinstance(types, list) and direction in types and at(policy.inputs, f"spec.{direction.lower()}") in NOTHING


def _namespace(policy: Node) -> object:
    return at(policy.inputs, "metadata.namespace")


def _name(namespace: Node) -> object:
    return at(namespace.inputs, "metadata.name")


RULE: Final = StackRule(
    name="default-deny",
    description="Every declared namespace has a network policy that denies ingress and egress by default",
    why="""
        A pod that no network policy selects accepts connections from the whole cluster and may connect to
        anything. One policy therefore selects all pods and allows nothing; other policies add what is needed,
        since policies add up. A policy for one direction leaves the other one open.

        Before the cluster exists, the Pulumi engine plans its objects without inputs. The rule skips namespaces
        without inputs; row 4.3.2 of the CIS GKE Benchmark checks that each has a network policy.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
