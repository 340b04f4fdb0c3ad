"""Tests of the warnings about data loss."""

from __future__ import annotations

import re

import pytest

from groundwork.diff.compare import between
from groundwork.diff.data_loss import data_losses
from groundwork.graph import Node
from tests.groundwork.samples import STACK, graph, node


def _texts(before: list[Node], after: list[Node]) -> dict[str, str]:
    return {loss.change.node.name: loss.text() for loss in data_losses(between(graph(*before), graph(*after)))}


def test_deleted_and_replaced_buckets_lose_their_objects() -> None:
    """A new bucket, or one that is updated, has no warning."""
    before = [node("deleted"), node("moved", {"location": "EU"}), node("labelled", {"labels": {"a": "b"}})]
    after = [node("new"), node("moved", {"location": "US"}), node("labelled", {"labels": {"a": "c"}})]

    assert _texts(before, after) == {
        "deleted": "would be deleted: its objects would be lost",
        "moved": "would be replaced: its objects would be lost",
    }


def test_warning_names_the_protection() -> None:
    """The engine refuses if old and new resource are protected, the provider if the old one has deletion protection."""
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


def test_protected_resource_without_data_has_a_warning() -> None:
    """Its protection is deliberate."""
    kind = "gcp:compute/network:Network"
    before, after = (Node("urn:n", kind, "n", {"description": text}, STACK, protect=True) for text in ("a", "b"))

    assert _texts([before], [after]) == {"n": "would be replaced; it is protected, so the engine refuses"}


def test_claim_on_a_declared_volume_has_no_data() -> None:
    """A claim without a declared volume (a mounted bucket) owns its disk."""
    kind = "kubernetes:core/v1:PersistentVolumeClaim"
    disk, mount = (Node("urn:c", kind, "c", {"spec": spec}, STACK) for spec in ({}, {"volumeName": "models"}))

    assert _texts([disk], []) == {"c": "would be deleted: its disk would be lost"}
    assert _texts([mount], []) == {}


def test_retained_resource_is_not_lost_unless_its_cluster_is() -> None:
    """A namespace with `retainOnDelete` keeps its objects, unless its cluster's provider is deleted or replaced."""
    kind, provider = "kubernetes:core/v1:Namespace", "pulumi:providers:kubernetes"
    cluster = Node("urn:k", provider, "k", {"kubeconfig": "a"}, STACK)
    other = Node("urn:k", provider, "k", {"kubeconfig": "b"}, STACK)
    retained, deleted = (
        Node("urn:n", kind, "n", {}, STACK, provider="urn:k", retain_on_delete=option) for option in (True, False)
    )

    assert _texts([cluster, retained], [cluster]) == {}
    assert _texts([cluster, deleted], [cluster]) == {"n": "would be deleted: everything in it would be lost"}
    assert _texts([cluster, retained], []) == {"n": "would be deleted: everything in it would be lost"}
    assert _texts([cluster, retained], [other, retained]) == {"n": "would be replaced: everything in it would be lost"}


def test_resource_without_data_has_no_warning() -> None:
    """A grant that is replaced is created again without a loss."""
    kind = "gcp:storage/bucketIAMMember:BucketIAMMember"
    before, after = (Node("urn:g", kind, "g", {"role": role}, STACK) for role in ("a", "b"))

    assert _texts([before], [after]) == {}


# Types whose data is lost with the resource. A type without data is in neither list.
WITH_DATA = {
    "gcp:artifactregistry/repository:Repository",
    "gcp:bigquery/dataset:Dataset",
    "gcp:bigquery/table:Table",
    "gcp:compute/disk:Disk",
    "gcp:container/cluster:Cluster",
    "gcp:filestore/instance:Instance",
    "gcp:gkebackup/backupPlan:BackupPlan",
    "gcp:kms/cryptoKey:CryptoKey",
    "gcp:kms/keyRing:KeyRing",
    "gcp:lustre/instance:Instance",
    "gcp:parallelstore/instance:Instance",
    "gcp:secretmanager/secret:Secret",
    "gcp:sql/database:Database",
    "gcp:sql/databaseInstance:DatabaseInstance",
    "gcp:storage/bucket:Bucket",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:PersistentVolumeClaim",
}


@pytest.mark.parametrize("kind", sorted(WITH_DATA))
def test_deleted_resource_with_data_has_a_warning(kind: str) -> None:
    """Every type with data is listed, Filestore instances included."""
    (text,) = _texts([Node("urn:x", kind, "x", {}, STACK)], []).values()

    assert re.fullmatch(r"would be deleted: .+ would be lost", text)


def test_components_have_no_warning() -> None:
    """Only the resources of a component have data."""
    component = Node("urn:c", "gcp:storage/bucket:Bucket", "c", {}, STACK, custom=False)

    assert _texts([component], []) == {}
