"""Namespaces: closed in both directions, restricted, and told of exceptions that last too long."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest

from groundwork.graph import Graph, Node, Placeholder
from policy.rules import default_deny, pod_security

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
TEAM: Final = "urn:component"
CLOSED: Final = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
TODAY: Final = date(2027, 3, 31)
REASON: Final = {pod_security.REASON: "an image that runs as root"}


def _namespace(labels: Any = None, annotations: Any = None) -> Node:
    metadata = {"name": "vision", "labels": labels, "annotations": annotations}
    return Node("urn:namespace", NAMESPACE, "team-vision-namespace", {"metadata": metadata}, parent=TEAM)


def _policy(spec: Any, namespace: str = "vision", parent: str = TEAM) -> Node:
    inputs = {"metadata": {"name": "default-deny", "namespace": namespace}, "spec": spec}
    return Node("urn:policy", POLICY, "team-vision-default-deny", inputs, parent=parent)


def _open(*policies: Node) -> list[str]:
    """The directions that the rule finds open."""
    nodes = {node.urn: node for node in (_namespace(), *policies)}
    found = ask(default_deny.RULE, Graph("dev", "sdk", nodes))

    assert {urn for urn, _ in found} <= {"urn:namespace"}
    return [word for word in ("Ingress", "Egress") if any(f"all pods and {word} " in message for _, message in found)]


def test_a_closed_namespace_passes() -> None:
    """One policy for both directions, or one for each."""
    one = Node("urn:second", POLICY, "b", _policy({"podSelector": {}, "policyTypes": ["Egress"]}).inputs, parent=TEAM)

    assert _open(_policy(CLOSED)) == []
    assert _open(_policy({"podSelector": {}, "policyTypes": ["Ingress"], "ingress": []}), one) == []


@pytest.mark.parametrize(
    ("policy", "left"),
    [
        (_policy({**CLOSED, "policyTypes": ["Ingress"]}), ["Egress"]),
        (_policy({**CLOSED, "policyTypes": Placeholder.UNKNOWN}), ["Ingress", "Egress"]),
        (_policy({**CLOSED, "ingress": [{}]}), ["Ingress"]),
        (_policy({**CLOSED, "egress": Placeholder.UNKNOWN}), ["Egress"]),
        (_policy({**CLOSED, "podSelector": {"matchLabels": {"app": "a"}}}), ["Ingress", "Egress"]),
        (_policy(CLOSED, namespace="forecasting"), ["Ingress", "Egress"]),
        (_policy(CLOSED, parent="urn:other"), ["Ingress", "Egress"]),
    ],
    ids=["one direction", "unknown", "lets in", "lets out what is unknown", "some pods", "elsewhere", "not its own"],
)
def test_an_open_namespace_is_told(policy: Node, left: list[str]) -> None:
    """Each direction that is left open is one message."""
    assert _open(policy) == left


@pytest.mark.parametrize(
    ("labels", "annotations", "message"),
    [
        ({pod_security.ENFORCE: "restricted"}, None, ""),
        ({pod_security.ENFORCE: "baseline"}, REASON, ""),
        ({pod_security.ENFORCE: "privileged"}, REASON, ""),
        ({pod_security.ENFORCE: "baseline"}, None, "enforces baseline"),
        ({pod_security.ENFORCE: "baseline"}, {pod_security.REASON: Placeholder.UNKNOWN}, "enforces baseline"),
        ({pod_security.ENFORCE: Placeholder.UNKNOWN}, None, "enforces no profile"),
        ({}, None, "enforces no profile"),
        (Placeholder.UNKNOWN, None, "enforces no profile"),
    ],
)
def test_a_namespace_is_restricted_or_says_why(labels: Any, annotations: Any, message: str) -> None:
    """What is not known before the update counts as wrong."""
    found = ask(pod_security.RULE, _namespace(labels, annotations))

    assert [message in one for one in found] == ([True] if message else [])


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ("2027-03-31", ""),
        ("2027-04-01", ""),
        ("2027-03-30", "ended on 2027-03-30 (an image that runs as root)"),
        ("soon", "is 'soon', which is no day"),
        (None, ""),
    ],
)
def test_an_exception_is_told_from_the_day_after_its_last(until: str | None, message: str) -> None:
    """On its last day it is right."""
    annotations = REASON if until is None else {**REASON, pod_security.UNTIL: until}
    found = ask(pod_security.EXCEPTIONS, _namespace({pod_security.LEVEL: "baseline"}, annotations), today=TODAY)

    assert [message in one for one in found] == ([True] if message else [])


def test_an_exception_that_gives_up_the_node_is_told_each_time() -> None:
    """Pods that own their node read what lies there, whosever it is."""
    (message,) = ask(pod_security.EXCEPTIONS, _namespace({pod_security.LEVEL: "privileged"}, REASON))

    assert "what pods of any team there hold" in message


def test_other_resources_are_none_of_its_business() -> None:
    """Both rules are about namespaces."""
    other = _policy(CLOSED)

    assert [*ask(pod_security.RULE, other), *ask(pod_security.EXCEPTIONS, other)] == []
