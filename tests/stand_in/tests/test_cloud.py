"""Tests of the resources of the stand-in."""

from __future__ import annotations

import pytest

from tests.stand_in.cloud import Cloud, CloudError, CloudResource

SERVER = "gke-1.europe-west4.gke.goog"
CLUSTER = CloudResource(
    "gcp:container/cluster:Cluster", "p/l/main", "urn:cluster", outputs={"nested": {"endpoint": SERVER}}
)
NAMESPACE = CloudResource("kubernetes:core/v1:Namespace", "vision", "urn:namespace", place=SERVER)


def test_duplicate_resource_is_refused() -> None:
    """The message has the URN of the resource with the same place, type and id."""
    cloud = Cloud()
    cloud.create(CLUSTER)

    with pytest.raises(CloudError, match="already exists: it was created as urn:cluster"):
        cloud.create(CloudResource(CLUSTER.kind, CLUSTER.id, "urn:other"))

    assert [resource.urn for resource in cloud] == ["urn:cluster"]


def test_action_is_called_during_the_next_creation_of_a_type() -> None:
    """It is called once, before the resource exists."""
    cloud, sizes = Cloud(), list[int]()
    cloud.before_create("a", lambda: sizes.append(len(cloud)))

    for resource in (
        CloudResource("b", "1", "urn:b"),
        CloudResource("a", "1", "urn:1"),
        CloudResource("a", "2", "urn:2"),
    ):
        cloud.create(resource)

    assert (sizes, len(cloud)) == ([1], 3)


def test_nth_creation_of_a_type_fails_once() -> None:
    """Creations before and after it, and those of other types, succeed."""
    cloud = Cloud()
    cloud.fail_create("a", nth=2, message="out of quota")
    cloud.create(CloudResource("a", "1", "urn:1"))
    cloud.create(CloudResource("b", "1", "urn:b"))

    with pytest.raises(CloudError, match="out of quota"):
        cloud.create(CloudResource("a", "2", "urn:2"))

    cloud.create(CloudResource("a", "2", "urn:2"))
    assert [resource.urn for resource in cloud] == ["urn:1", "urn:2", "urn:b"]


def test_lost_cluster_also_loses_its_objects() -> None:
    """Afterwards its API server is unreachable."""
    cloud = Cloud()
    cloud.create(CLUSTER)
    cloud.create(NAMESPACE)

    assert cloud.lose("urn:cluster") == [CLUSTER, NAMESPACE]
    assert len(cloud) == 0
    with pytest.raises(CloudError, match="unreachable"):
        cloud.read(SERVER, NAMESPACE.kind, NAMESPACE.id)
    with pytest.raises(CloudError, match="no such resource"):
        cloud.lose("urn:cluster")


def test_copy_is_independent() -> None:
    """Changes of a copy do not change the original."""
    cloud = Cloud()
    cloud.create(CLUSTER)
    copy = cloud.copy()
    copy.update("", CLUSTER.kind, CLUSTER.id, {"a": 1}, {"a": 1})
    copy.delete("", CLUSTER.kind, "absent")
    copy.create(CloudResource("a", "1", "urn:1"))

    assert list(cloud) == [CLUSTER]
    assert [resource.inputs for resource in copy] == [{}, {"a": 1}]
    with pytest.raises(CloudError, match="does not exist"):
        copy.update("", "a", "absent", {}, {})
