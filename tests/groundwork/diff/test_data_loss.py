"""Warnings before data or what is protected goes."""

from __future__ import annotations

from groundwork.diff.compare import between
from groundwork.diff.data_loss import data_losses
from groundwork.graph import Node
from tests.groundwork.samples import STACK, graph, node


def _texts(before: list[Node], after: list[Node]) -> dict[str, str]:
    return {loss.change.node.name: loss.text() for loss in data_losses(between(graph(*before), graph(*after)))}


def test_data_that_goes_is_named() -> None:
    """A bucket that moves or goes loses its objects; one that is new or changed does not."""
    before = [node("gone"), node("moved", {"location": "EU"}), node("labelled", {"labels": {"a": "b"}})]
    after = [node("new"), node("moved", {"location": "US"}), node("labelled", {"labels": {"a": "c"}})]

    assert _texts(before, after) == {
        "gone": "would be deleted: its objects would be lost",
        "moved": "would be replaced: its objects would be lost",
    }


def test_what_stands_in_the_way_is_said() -> None:
    """The engine keeps what is protected, and a provider what has deletion protection, until that is taken off."""
    kind = "gcp:container/cluster:Cluster"
    urn = f"urn:pulumi:dev::sample::{kind}::cluster"
    cluster = Node(urn, kind, "cluster", {"network": "a", "deletionProtection": True}, STACK)
    other = Node(urn, kind, "cluster", {"network": "b", "deletionProtection": True}, STACK)
    off = Node(urn, kind, "cluster", {"network": "b", "deletionProtection": False}, STACK)

    assert _texts([node("a", {"location": "EU"}, protect=True)], [node("a", {"location": "US"}, protect=True)]) == {
        "a": "would be replaced: its objects would be lost; it is protected, so the engine refuses"
    }
    assert _texts([node("a", {"location": "EU"}, protect=True)], [node("a", {"location": "US"})]) == {
        "a": "would be replaced: its objects would be lost"
    }
    lost = "would be replaced: everything that runs in it would be lost"
    refused = {"cluster": f"{lost}; it has deletion protection, so its provider refuses"}
    assert (_texts([cluster], [other]), _texts([cluster], [off])) == (refused, refused)


def test_what_is_protected_is_said_even_if_it_holds_nothing() -> None:
    """Whoever protected it had a reason."""
    kind = "gcp:compute/network:Network"
    one, two = (Node("urn:n", kind, "n", {"description": text}, STACK, protect=True) for text in ("a", "b"))

    assert _texts([one], [two]) == {"n": "would be replaced; it is protected, so the engine refuses"}


def test_a_claim_on_a_mounted_bucket_owns_nothing() -> None:
    """The disk of a claim goes with it; a volume that is declared beside it is another resource."""
    kind = "kubernetes:core/v1:PersistentVolumeClaim"
    disk, mount = (Node("urn:c", kind, "c", {"spec": spec}, STACK) for spec in ({}, {"volumeName": "models"}))

    assert _texts([disk], []) == {"c": "would be deleted: its disk would be lost"}
    assert _texts([mount], []) == {}


def test_what_stays_is_no_loss() -> None:
    """A namespace that the engine only forgets keeps what is in it, unless its cluster goes."""
    kind, provider = "kubernetes:core/v1:Namespace", "pulumi:providers:kubernetes"
    cluster = Node("urn:k", provider, "k", {"kubeconfig": "a"}, STACK)
    other = Node("urn:k", provider, "k", {"kubeconfig": "b"}, STACK)
    stays, goes = (
        Node("urn:n", kind, "n", {}, STACK, provider="urn:k", retain_on_delete=retained) for retained in (True, False)
    )

    assert _texts([cluster, stays], [cluster]) == {}
    assert _texts([cluster, goes], [cluster]) == {"n": "would be deleted: everything in it would be lost"}
    assert _texts([cluster, stays], []) == {"n": "would be deleted: everything in it would be lost"}
    assert _texts([cluster, stays], [other, stays]) == {"n": "would be replaced: everything in it would be lost"}


def test_what_holds_nothing_is_no_loss() -> None:
    """A grant that is replaced is made again, and nothing is lost."""
    kind = "gcp:storage/bucketIAMMember:BucketIAMMember"
    one, two = (Node("urn:g", kind, "g", {"role": role}, STACK) for role in ("a", "b"))

    assert _texts([one], [two]) == {}
