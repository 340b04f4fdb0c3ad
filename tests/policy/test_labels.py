"""The rule `labels`."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest

from groundwork.cost.resource_types import LABEL_PATHS
from groundwork.graph import Graph, Node, Placeholder
from policy.rules.labels import RULE
from tests.policy.asking import ask

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
    """Nothing is reported for a resource with all labels, or of a type without labels."""
    assert ask(RULE, node) == []


@pytest.mark.parametrize("label", sorted(ALL))
def test_each_missing_label_is_named(label: str) -> None:
    """The message names the resource, the label and the input."""
    assert [f"b has no {label} in labels: pass the labels of its owner to the component"] == ask(
        RULE, _bucket(_without(label)), None
    )


def test_all_missing_labels_are_named_at_once() -> None:
    """All missing labels of a resource are one message."""
    (message,) = ask(RULE, _bucket(None))

    assert message.startswith("b has no environment, team, cost-center, owner, data-class in labels: pass the labels")


def test_an_empty_label_is_missing() -> None:
    """A label without a value counts as missing."""
    assert ask(RULE, _bucket({**ALL, "team": ""}), None)


def test_unknown_labels_are_a_violation_and_unknown_values_are_not() -> None:
    """A label with an unknown value exists; an unknown map of labels may have none."""
    assert ask(RULE, _bucket(Placeholder.UNKNOWN), None)
    assert ask(RULE, _bucket({**ALL, "team": Placeholder.UNKNOWN})) == []


def test_secret_labels_are_a_violation() -> None:
    """Secret labels cannot be read in a bill, and are reported."""
    assert ask(RULE, _bucket(Placeholder.SECRET)) == [
        "b: labels is secret: write each label and its value as text",
    ]


def test_default_labels_of_the_provider_count() -> None:
    """The provider adds its default labels to a bucket, and not to the machines of a node pool."""
    needs = _without("environment", "team")

    assert ask(RULE, _bucket(needs), PROVIDER) == []
    assert ask(RULE, _pool(needs), PROVIDER) == [
        "n has no environment, team in nodeConfig.resourceLabels: pass the labels of its owner to the component"
    ]


@pytest.mark.parametrize("kind", sorted(LABEL_PATHS))
def test_only_data_needs_a_data_class(kind: str) -> None:
    """The data class is required of buckets, datasets, tables and shares."""
    path = LABEL_PATHS[kind].split(".")
    labels: Any = _without("data-class")
    for key in reversed(path):
        labels = {key: labels}
    messages = ask(RULE, Node("u", kind, "a", labels))
    is_data = kind.rpartition(":")[2] in ("Bucket", "Dataset", "Table") or kind == "gcp:filestore/instance:Instance"

    assert ["has no data-class in" in message for message in messages] == [True] * is_data


@pytest.mark.parametrize(
    ("kind", "has_defaults"),
    [
        ("gcp:container/cluster:Cluster", True),
        ("gcp:pubsub/topic:Topic", True),
        ("gcp:container/nodePool:NodePool", False),
        ("gcp:monitoring/alertPolicy:AlertPolicy", False),
        ("gcp:sql/databaseInstance:DatabaseInstance", False),
    ],
)
def test_types_with_default_labels(kind: str, *, has_defaults: bool) -> None:
    """Top-level `labels` and `resourceLabels` get the provider's default labels, others do not."""
    defaults = Node("p", "pulumi:providers:gcp", "p", {"defaultLabels": _without("data-class")})

    assert (ask(RULE, Node("u", kind, "a", {}), defaults) == []) is has_defaults


@pytest.mark.parametrize("defaults", [None, Placeholder.UNKNOWN, "[]", {}])
def test_provider_without_default_labels(defaults: Any) -> None:
    """Missing, unknown and invalid default labels add nothing."""
    provider = Node("p", "pulumi:providers:gcp", "p", {"defaultLabels": defaults})

    assert len(ask(RULE, _bucket({}), provider)) == 1
    assert ask(RULE, _bucket(ALL), provider) == []


def test_values_match_their_patterns() -> None:
    """The whole value has to match; unknown and missing values are not compared."""
    values = {"cost-center": "cc-[0-9]", "data-class": "raw|models", "region": "eu"}

    assert ask(RULE, _bucket(ALL), values=values) == []
    assert ask(RULE, _bucket({**ALL, "cost-center": Placeholder.UNKNOWN}), values=values) == []
    assert ask(RULE, _bucket({**ALL, "cost-center": "cc-12"}), values=values) == [
        "b: cost-center in labels is cc-12, which does not match cc-[0-9]: correct the setting"
    ]
    assert len(ask(RULE, _bucket({**ALL, "cost-center": "x", "data-class": "x"}), values=values)) == 2
    assert len(ask(RULE, _bucket({**ALL, "cost-center": ""}), values=values)) == 1


def test_pattern_must_be_a_regular_expression() -> None:
    """An invalid pattern is refused where the configuration is read."""
    with pytest.raises(ValueError, match="is not a regular expression"):
        RULE.parameters(values={"team": "["})


def _takes_labels(kind: str) -> str | None:
    """The input for labels of a type in the provider's SDK, at the top level or nested; None where there is none."""
    package, module, name = kind.split(":")
    if package != "gcp":
        return None
    resource = getattr(importlib.import_module(f"pulumi_gcp.{module.partition('/')[0]}"), name)
    arguments = inspect.signature(resource._internal_init).parameters
    nested = {"node_config": "nodeConfig.resourceLabels", "settings": "settings.userLabels"}
    if "resource_labels" not in arguments and (inside := set(nested) & set(arguments)):
        return nested[inside.pop()]
    # Where a type has both, `labels` is something else: the address of a notification channel.
    names = {"user_labels": "userLabels", "labels": "labels", "resource_labels": "resourceLabels"}
    return next((path for argument, path in names.items() if argument in arguments), None)


def test_every_type_with_labels_is_in_the_table(graphs: dict[str, Graph]) -> None:
    """Every type in use whose SDK class has labels is in the rule's table, with the right input."""
    kinds = {node.type for graph in graphs.values() for node in graph if node.custom and not node.is_provider}
    taken = {kind: path for kind in kinds if kind.startswith("gcp:") and (path := _takes_labels(kind))}

    assert taken == {kind: path for kind, path in LABEL_PATHS.items() if kind in kinds}
    assert taken


def test_each_label_of_each_resource_is_required(graphs: dict[str, Graph]) -> None:
    """Removing any label from any resource of any stack is a violation."""
    for graph in graphs.values():
        for node in graph:
            if (path := LABEL_PATHS.get(node.type)) is None:
                continue
            outer, _, inner = path.partition(".")
            labels = node.inputs[outer][inner] if inner else node.inputs[outer]
            for label in labels:
                less = {key: value for key, value in labels.items() if key != label}
                changed = {**node.inputs[outer], inner: less} if inner else less
                broken = Node(node.urn, node.type, node.name, {**node.inputs, outer: changed})

                assert ask(RULE, broken, graph.provider_of(node)), (node.urn, label)
