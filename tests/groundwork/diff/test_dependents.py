"""What is replaced because something else is. That the engine agrees is held in `tests/engine/test_replacing.py`."""

from __future__ import annotations

from typing import Any

from groundwork.diff.compare import Change, Forced, Op, between
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
    """A resource under the stack; `needs` are URNs by the input that they give."""
    dependencies = {key: (urn,) for key, urn in (needs or {}).items()}
    return Node(
        f"urn:pulumi:dev::sample::{kind}::{name}", kind, name, inputs, STACK, property_dependencies=dependencies, **rest
    )


def _platform(*, subnetwork: str, length: int = 8) -> Graph:
    """A cluster with a pool, a provider of its objects, and what they hold; a password that a user has."""
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


def _found(before: Graph, after: Graph) -> dict[str, Change]:
    return {change.node.name: change for change in between(before, after) if change.op is not Op.SAME}


def test_a_cluster_takes_along_what_lives_in_it() -> None:
    """Its pools by the input that names it, its provider by its kubeconfig, its objects by their provider."""
    found = _found(_platform(subnetwork="a"), _platform(subnetwork="b"))
    urns = {name: change.node.urn for name, change in found.items()}

    assert {name: change.forced_by for name, change in found.items()} == {
        "cluster": (Forced("subnetwork"),),
        "pool": (Forced("cluster", urns["cluster"]),),
        "provider": (Forced("kubeconfig", urns["cluster"]),),
        "space": (Forced("", urns["provider"]),),
        "quota": (Forced("", urns["provider"]), Forced("metadata", urns["space"])),
    }
    assert {change.op for change in found.values()} == {Op.REPLACE}
    assert found["pool"].to_json()["forcedBy"] == ["cluster"]
    assert found["pool"].to_json()["follows"] == [urns["cluster"]]


def test_what_can_change_in_place_is_updated() -> None:
    """A user whose password is made anew is still that user."""
    found = _found(_platform(subnetwork="a"), _platform(subnetwork="a", length=9))

    assert {name: change.op for name, change in found.items()} == {"password": Op.REPLACE, "user": Op.UPDATE}
    assert [(seen.path, seen.after) for seen in found["user"].differences] == [("password", Placeholder.UNKNOWN)]


def test_nothing_follows_an_update() -> None:
    """What is changed in place is still there for those who need it."""
    before, after = (_node(CLUSTER, "cluster", {"name": "main", "labels": labels}) for labels in ("a", "b"))
    pool = _node(POOL, "pool", {"cluster": Placeholder.UNKNOWN}, {"cluster": before.urn})

    assert {name: change.op for name, change in _found(graph(before, pool), graph(after, pool)).items()} == {
        "cluster": Op.UPDATE
    }


def test_another_source_is_another_value() -> None:
    """Both are unknown, and still a pool that moves to another cluster is another pool."""
    one, other = (_node(CLUSTER, name, {"name": name}) for name in ("one", "other"))
    before, after = (
        _node(POOL, "pool", {"cluster": Placeholder.UNKNOWN}, {"cluster": found.urn}) for found in (one, other)
    )

    found = _found(graph(one, other, before), graph(one, other, after))

    assert [(name, change.op, change.forcing()) for name, change in found.items()] == [
        ("pool", Op.REPLACE, ["cluster"])
    ]


def test_what_the_program_ignores_does_not_follow() -> None:
    """An input that is left to others is left to them when its source is replaced."""
    before, after = _platform(subnetwork="a", length=8), _platform(subnetwork="a", length=9)
    user = next(found for found in after if found.name == "user")
    deaf = Node(**{**vars(user), "ignore_changes": ("password",)})

    assert [*_found(before, graph(*(deaf if found is user else found for found in after if found.parent)))] == [
        "password"
    ]
