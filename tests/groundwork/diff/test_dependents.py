"""Tests of consequential replacements; `tests/engine/test_replacing.py` compares them with those of the engine."""

from __future__ import annotations

import dataclasses
from typing import Any

from groundwork.diff.change import Op, ReplaceReason, ResourceChange
from groundwork.diff.compare import between
from groundwork.graph import Graph, Node, Placeholder
from tests.groundwork.samples import STACK, graph

CLUSTER = "gcp:container/cluster:Cluster"
KUBERNETES = "pulumi:providers:kubernetes"
NAMESPACE = "kubernetes:core/v1:Namespace"
POOL = "gcp:container/nodePool:NodePool"
QUOTA = "kubernetes:core/v1:ResourceQuota"
GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember"
PASSWORD = "random:index/randomPassword:RandomPassword"
USER = "gcp:sql/user:User"


def _node(kind: str, name: str, inputs: dict[str, Any], needs: dict[str, str] | None = None, **rest: Any) -> Node:
    """A resource under the stack; `needs` are the URNs of its sources by input."""
    dependencies = {key: (urn,) for key, urn in (needs or {}).items()}
    return Node(
        f"urn:pulumi:dev::sample::{kind}::{name}", kind, name, inputs, STACK, property_dependencies=dependencies, **rest
    )


def _platform(*, subnetwork: str, length: int = 8) -> Graph:
    """A cluster with a pool, a provider with objects, and a user with a generated password."""
    cluster = _node(CLUSTER, "cluster", {"name": "main", "subnetwork": subnetwork, "location": "europe-west4"})
    pool = _node(POOL, "pool", {"name": "l4", "cluster": "main"}, {"cluster": cluster.urn})
    provider = _node(KUBERNETES, "provider", {"kubeconfig": Placeholder.UNKNOWN}, {"kubeconfig": cluster.urn})
    space = _node(NAMESPACE, "space", {"metadata": {"name": "vision"}}, provider=provider.urn)
    quota = _node(
        QUOTA, "quota", {"metadata": {"name": "q", "namespace": Placeholder.UNKNOWN}}, {"metadata": space.urn},
        provider=provider.urn,
    )  # fmt: skip
    password = _node(PASSWORD, "password", {"length": length})
    user = _node(USER, "user", {"name": "u", "password": Placeholder.SECRET}, {"password": password.urn})
    return graph(cluster, pool, provider, space, quota, password, user)


def _found(before: Graph, after: Graph) -> dict[str, ResourceChange]:
    return {change.node.name: change for change in between(before, after) if change.op is not Op.SAME}


def test_replaced_cluster_replaces_its_pools_provider_and_objects() -> None:
    """Pools by the input with its name, the provider by its kubeconfig, objects by their provider."""
    found = _found(_platform(subnetwork="a"), _platform(subnetwork="b"))
    urns = {name: change.node.urn for name, change in found.items()}

    assert {name: change.forced_by for name, change in found.items()} == {
        "cluster": (ReplaceReason("subnetwork"),),
        "pool": (ReplaceReason("cluster", urns["cluster"]),),
        "provider": (ReplaceReason("kubeconfig", urns["cluster"]),),
        "space": (ReplaceReason("", urns["provider"]),),
        "quota": (ReplaceReason("", urns["provider"]), ReplaceReason("metadata", urns["space"])),
    }
    assert {change.op for change in found.values()} == {Op.REPLACE}
    assert found["pool"].to_json()["forcedBy"] == ["cluster"]
    assert found["pool"].to_json()["follows"] == [urns["cluster"]]


def test_dependent_that_can_change_in_place_is_updated() -> None:
    """A user gets the replaced password without being replaced."""
    found = _found(_platform(subnetwork="a"), _platform(subnetwork="a", length=9))

    assert {name: change.op for name, change in found.items()} == {"password": Op.REPLACE, "user": Op.UPDATE}
    assert [(difference.path, difference.after) for difference in found["user"].differences] == [
        ("password", Placeholder.UNKNOWN)
    ]


def test_update_has_no_consequences() -> None:
    """A resource that changes in place keeps its outputs."""
    before, after = (_node(CLUSTER, "cluster", {"name": "main", "labels": labels}) for labels in ("a", "b"))
    pool = _node(POOL, "pool", {"cluster": Placeholder.UNKNOWN}, {"cluster": before.urn})

    assert {name: change.op for name, change in _found(graph(before, pool), graph(after, pool)).items()} == {
        "cluster": Op.UPDATE
    }


def test_unknown_input_with_another_source_replaces() -> None:
    """Both values are unknown, and a pool of another cluster is another pool all the same."""
    one, other = (_node(CLUSTER, name, {"name": name}) for name in ("one", "other"))
    before, after = (
        _node(POOL, "pool", {"cluster": Placeholder.UNKNOWN}, {"cluster": cluster.urn}) for cluster in (one, other)
    )

    found = _found(graph(one, other, before), graph(one, other, after))

    assert [(name, change.op, change.forcing_paths()) for name, change in found.items()] == [
        ("pool", Op.REPLACE, ["cluster"])
    ]


def test_ignored_input_has_no_consequences() -> None:
    """`ignoreChanges` also covers an input whose source is replaced."""
    before, after = _platform(subnetwork="a", length=8), _platform(subnetwork="a", length=9)
    user = next(node for node in after if node.name == "user")
    ignoring = dataclasses.replace(user, ignore_changes=("password",))
    nodes = [ignoring if node is user else node for node in after if node.parent]

    assert [*_found(before, graph(*nodes))] == ["password"]


def test_added_unknown_input_is_one_difference() -> None:
    """An input that was absent, and is unknown because its source is replaced, is not listed twice."""
    before, after = (_node(PASSWORD, "password", {"length": length}) for length in (8, 9))
    without = _node(USER, "user", {"name": "u"}, {"password": before.urn})
    user = _node(USER, "user", {"name": "u", "password": Placeholder.UNKNOWN}, {"password": before.urn})

    found = _found(graph(before, without), graph(after, user))

    assert [difference.path for difference in found["user"].differences] == ["password"]


def test_object_of_another_provider_is_replaced() -> None:
    """Another provider of Kubernetes, unless renamed, is another cluster; one of Google Cloud is the same cloud."""
    one, other = (_node(KUBERNETES, name, {"kubeconfig": name}) for name in ("one", "other"))
    renamed = _node(KUBERNETES, "new", {"kubeconfig": "one"}, aliases=(one.urn,))
    before, after, same = (
        _node(NAMESPACE, "space", {"metadata": {"name": "vision"}}, provider=provider.urn)
        for provider in (one, other, renamed)
    )
    google = [_node("pulumi:providers:gcp", name, {"project": "p"}) for name in ("one", "other")]
    buckets = [_node("gcp:storage/bucket:Bucket", "b", {"name": "b"}, provider=provider.urn) for provider in google]

    found = _found(graph(one, other, before), graph(one, other, after))

    assert {name: change.forced_by for name, change in found.items()} == {"space": (ReplaceReason("", other.urn),)}
    assert _found(graph(one, before), graph(renamed, same)) == {}
    assert _found(graph(*google, buckets[0]), graph(*google, buckets[1])) == {}
