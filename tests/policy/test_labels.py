"""The rule `labels`."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest

from groundwork.graph import Graph, Node, Placeholder
from policy.rules.labels import LABELLED, RULE

ALL = {"environment": "dev", "team": "vision", "cost-center": "cc-1", "owner": "vision", "data-class": "raw"}
PROVIDER = Node(
    urn="p", type="pulumi:providers:gcp", name="p", inputs={"defaultLabels": '{"environment": "dev", "team": "x"}'}
)


def _bucket(labels: Any) -> Node:
    return Node(urn="u", type="gcp:storage/bucket:Bucket", name="b", inputs={"labels": labels})


def _pool(labels: Any) -> Node:
    inputs = {"nodeConfig": {"resourceLabels": labels}}
    return Node(urn="u", type="gcp:container/nodePool:NodePool", name="n", inputs=inputs)


def _without(*names: str) -> dict[str, str]:
    return {key: value for key, value in ALL.items() if key not in names}


@pytest.mark.parametrize("node", [_bucket(ALL), _pool(_without("data-class")), Node("u", "gcp:x:Y", "y")])
def test_labelled_resources_pass(node: Node) -> None:
    """Nothing is said about a resource that has its labels, or that takes none."""
    assert RULE.ask(node) == []


@pytest.mark.parametrize("label", sorted(ALL))
def test_each_missing_label_is_named(label: str) -> None:
    """The message names the resource, the label and where it belongs."""
    assert [f"b lacks the label {label} in labels"] == RULE.ask(_bucket(_without(label)), None)


def test_all_missing_labels_are_named_at_once() -> None:
    """One message for a resource, however much it lacks."""
    assert RULE.ask(_bucket(None)) == ["b lacks the labels environment, team, cost-center, owner, data-class in labels"]


def test_an_empty_label_is_missing() -> None:
    """A label without a value labels nothing."""
    assert RULE.ask(_bucket({**ALL, "team": ""}), None)


def test_unknown_labels_are_wrong_and_unknown_values_are_not() -> None:
    """A label whose value is still to come is there; labels of which nothing is known are not."""
    assert RULE.ask(_bucket(Placeholder.UNKNOWN), None)
    assert RULE.ask(_bucket({**ALL, "team": Placeholder.UNKNOWN})) == []


def test_secret_labels_are_wrong() -> None:
    """Nobody can read whose a resource is whose labels are a secret, and the rule goes on all the same."""
    assert RULE.ask(_bucket(Placeholder.SECRET)) == [
        "labels is secret, so nobody can say whose b is; write the labels out",
    ]


def test_default_labels_count_where_they_reach() -> None:
    """The provider's default labels reach a bucket, and do not reach the machines of a node pool."""
    needs = _without("environment", "team")

    assert RULE.ask(_bucket(needs), PROVIDER) == []
    assert RULE.ask(_pool(needs), PROVIDER) == ["n lacks the labels environment, team in nodeConfig.resourceLabels"]


def _takes_labels(kind: str) -> str | None:
    """Where the provider's SDK takes labels for a type, at the top level or in the configuration of nodes."""
    package, module, name = kind.split(":")
    if package != "gcp":
        return None
    resource = getattr(importlib.import_module(f"pulumi_gcp.{module.partition('/')[0]}"), name)
    arguments = inspect.signature(resource._internal_init).parameters
    nested = {"node_config": "nodeConfig.resourceLabels", "settings": "settings.userLabels"}
    if "resource_labels" not in arguments and (inside := set(nested) & set(arguments)):
        return nested[inside.pop()]
    # Where there are both, `labels` is something else: of a notification channel, its address.
    names = {"user_labels": "userLabels", "labels": "labels", "resource_labels": "resourceLabels"}
    return next((path for argument, path in names.items() if argument in arguments), None)


def test_no_labelled_type_is_forgotten(graphs: dict[str, Graph]) -> None:
    """Every type in use whose SDK takes labels is in the rule's table, with the right place."""
    kinds = {node.type for graph in graphs.values() for node in graph if node.custom and not node.is_provider}
    taken = {kind: path for kind in kinds if kind.startswith("gcp:") and (path := _takes_labels(kind))}

    assert taken == {kind: path for kind, path in LABELLED.items() if kind in kinds}
    assert taken


def test_every_resource_that_can_be_labelled_is(graphs: dict[str, Graph]) -> None:
    """Taking any label from any labelled resource of any stack is found."""
    for graph in graphs.values():
        for node in graph:
            if (path := LABELLED.get(node.type)) is None:
                continue
            outer, _, inner = path.partition(".")
            labels = node.inputs[outer][inner] if inner else node.inputs[outer]
            for label in labels:
                less = {key: value for key, value in labels.items() if key != label}
                changed = {**node.inputs[outer], inner: less} if inner else less
                broken = Node(node.urn, node.type, node.name, {**node.inputs, outer: changed})

                assert RULE.ask(broken, graph.provider_of(node)), (node.urn, label)
