"""The store: what exists, what is refused, what goes missing."""

from __future__ import annotations

import pytest

from tests.stand_in.cloud import Cloud, CloudError, Thing

SERVER = "gke-1.europe-west4.gke.goog"
CLUSTER = Thing("gcp:container/cluster:Cluster", "p/l/main", "urn:cluster", outputs={"nested": {"endpoint": SERVER}})
NAMESPACE = Thing("kubernetes:core/v1:Namespace", "vision", "urn:namespace", place=SERVER)


def test_nothing_exists_twice() -> None:
    """A second thing with the same place, type and id is refused, and the message names the first."""
    cloud = Cloud()
    cloud.create(CLUSTER)

    with pytest.raises(CloudError, match="already exists: it was created as urn:cluster"):
        cloud.create(Thing(CLUSTER.kind, CLUSTER.id, "urn:other"))

    assert [thing.urn for thing in cloud] == ["urn:cluster"]


def test_the_nth_creation_fails_once() -> None:
    """An ordered failure hits the creation that was meant, of the type that was meant, and no other."""
    cloud = Cloud()
    cloud.fail_create("a", nth=2, message="out of quota")
    cloud.create(Thing("a", "1", "urn:1"))
    cloud.create(Thing("b", "1", "urn:b"))

    with pytest.raises(CloudError, match="out of quota"):
        cloud.create(Thing("a", "2", "urn:2"))

    cloud.create(Thing("a", "2", "urn:2"))
    assert [thing.urn for thing in cloud] == ["urn:1", "urn:2", "urn:b"]


def test_a_cluster_takes_its_objects_along() -> None:
    """What lives behind an API server is gone with it, and nobody answers there any more."""
    cloud = Cloud()
    cloud.create(CLUSTER)
    cloud.create(NAMESPACE)

    assert cloud.lose("urn:cluster") == [CLUSTER, NAMESPACE]
    assert len(cloud) == 0
    with pytest.raises(CloudError, match="unreachable"):
        cloud.read(SERVER, NAMESPACE.kind, NAMESPACE.id)
    with pytest.raises(CloudError, match="no such thing"):
        cloud.lose("urn:cluster")


def test_a_copy_goes_its_own_way() -> None:
    """A test may change a copy of what another test looks at."""
    cloud = Cloud()
    cloud.create(CLUSTER)
    copy = cloud.copy()
    copy.update("", CLUSTER.kind, CLUSTER.id, {"a": 1}, {"a": 1})
    copy.delete("", CLUSTER.kind, "absent")
    copy.create(Thing("a", "1", "urn:1"))

    assert list(cloud) == [CLUSTER]
    assert [thing.inputs for thing in copy] == [{}, {"a": 1}]
    with pytest.raises(CloudError, match="does not exist"):
        copy.update("", "a", "absent", {}, {})
