"""The rules on namespaces: `default-deny`, `pod-security` and `pod-security-exceptions`."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest

from groundwork.graph import Graph, Node, Placeholder
from policy.rules import default_deny, pod_security, pod_security_exceptions
from policy.rules._pod_security import ENFORCE, LEVEL, REASON, UNTIL
from tests.policy.asking import ask, ask_stack

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
TEAM: Final = "urn:component"
CLOSED: Final = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
TODAY: Final = date(2027, 3, 31)
WITH_REASON: Final = {REASON: "an image that runs as root"}


def _namespace(labels: Any = None, annotations: Any = None) -> Node:
    metadata = {"name": "vision", "labels": labels, "annotations": annotations}
    return Node("urn:namespace", NAMESPACE, "team-vision-namespace", {"metadata": metadata}, parent=TEAM)


def _policy(spec: Any, namespace: str = "vision", parent: str = TEAM) -> Node:
    inputs = {"metadata": {"name": "default-deny", "namespace": namespace}, "spec": spec}
    return Node("urn:policy", POLICY, "team-vision-default-deny", inputs, parent=parent)


def _open(*policies: Node) -> list[str]:
    """The directions that the rule reports."""
    nodes = {node.urn: node for node in (_namespace(), *policies)}
    found = ask_stack(default_deny.RULE, Graph("dev", "sdk", nodes))

    assert {urn for urn, _ in found} <= {"urn:namespace"}
    return [word for word in ("Ingress", "Egress") if any(f"allows all {word} " in message for _, message in found)]


def test_namespace_with_default_deny_passes() -> None:
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
    ids=[
        "one direction",
        "unknown",
        "ingress rule",
        "unknown egress",
        "some pods",
        "other namespace",
        "other component",
    ],
)
def test_namespace_without_default_deny_is_reported(policy: Node, left: list[str]) -> None:
    """Each direction without a default-deny policy is one message."""
    assert _open(policy) == left


def test_namespace_without_inputs_is_skipped() -> None:
    """Before the cluster exists the engine plans namespaces without inputs; they hide no other namespace."""
    empty = Node("urn:a", NAMESPACE, "a", {}, parent=TEAM)
    found = ask_stack(default_deny.RULE, Graph.of("dev", "sdk", [empty, _namespace()]))

    assert [urn for urn, _ in found] == ["urn:namespace", "urn:namespace"]


def test_names_of_annotations_and_labels() -> None:
    """Components and rules use the same names."""
    assert (ENFORCE, REASON, UNTIL, LEVEL) == (
        "pod-security.kubernetes.io/enforce",
        "groundwork.dev/pod-security-reason",
        "groundwork.dev/pod-security-until",
        "groundwork.dev/pod-security",
    )


@pytest.mark.parametrize(
    ("labels", "annotations", "message"),
    [
        ({ENFORCE: "restricted"}, None, ""),
        ({ENFORCE: "baseline"}, WITH_REASON, ""),
        ({ENFORCE: "privileged"}, WITH_REASON, ""),
        ({ENFORCE: "baseline"}, None, "enforces baseline"),
        ({ENFORCE: "baseline"}, {REASON: Placeholder.UNKNOWN}, "enforces baseline"),
        ({ENFORCE: Placeholder.UNKNOWN}, None, "enforces no profile"),
        ({}, None, "enforces no profile"),
        (Placeholder.UNKNOWN, None, "enforces no profile"),
    ],
)
def test_namespace_is_restricted_or_has_a_reason(labels: Any, annotations: Any, message: str) -> None:
    """An unknown label or annotation counts as missing."""
    messages = ask(pod_security.RULE, _namespace(labels, annotations))

    assert [message in found for found in messages] == ([True] if message else [])


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ("2027-03-31", ""),
        ("2027-04-01", ""),
        ("2027-03-30", "ended on 2027-03-30 (an image that runs as root)"),
        ("soon", "is 'soon': set teams.<team>.pod_security.until to a date"),
        (None, ""),
    ],
)
def test_exception_is_reported_after_its_last_day(until: str | None, message: str) -> None:
    """On the last day nothing is reported."""
    annotations = WITH_REASON if until is None else {**WITH_REASON, UNTIL: until}
    messages = ask(pod_security_exceptions.RULE, _namespace({LEVEL: "baseline"}, annotations), today=TODAY)

    assert [message in found for found in messages] == ([True] if message else [])


def test_privileged_namespace_is_reported() -> None:
    """Privileged pods can read the data of every pod on their node."""
    (message,) = ask(pod_security_exceptions.RULE, _namespace({LEVEL: "privileged"}, WITH_REASON))

    assert "allows privileged pods" in message


def test_rules_on_namespaces_ignore_other_types() -> None:
    """Both rules on Pod Security are about namespaces."""
    other = _policy(CLOSED)

    assert [*ask(pod_security.RULE, other), *ask(pod_security_exceptions.RULE, other)] == []
