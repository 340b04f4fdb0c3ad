"""Tests of `decide`; `tests/engine/test_replacements.py` compares it with the providers."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.diff.replacements import decide
from groundwork.graph import Placeholder

BUCKET = "gcp:storage/bucket:Bucket"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
CLUSTER = "gcp:container/cluster:Cluster"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember"
MEMBER = "gcp:projects/iAMMember:IAMMember"
POOL = "gcp:container/nodePool:NodePool"
PROVIDER = "pulumi:providers:kubernetes"
QUEUE = "kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue"
SUBNET = "gcp:compute/subnetwork:Subnetwork"

GPU = {"type": "nvidia-l4", "count": 1}
SERVER = '{"clusters": [{"cluster": {"server": "https://%s"}}], "users": [%s]}'


@pytest.mark.parametrize(
    ("kind", "path", "old", "new", "replaces"),
    [
        (BUCKET, "location", {"location": "EU"}, {"location": "US"}, True),
        (BUCKET, "labels.a", {"labels": {"a": "b"}}, {"labels": {"a": "c"}}, False),
        # A block that is added or removed counts with its parts, without those that the provider computes.
        (POOL, "nodeConfig.spot", {"nodeConfig": {"spot": False}}, {"nodeConfig": {"spot": True}}, True),
        (POOL, "nodeConfig.machineType", {"nodeConfig": {"machineType": "a"}},
         {"nodeConfig": {"machineType": "b"}}, False),
        (POOL, "nodeConfig", {}, {"nodeConfig": {"spot": True}}, True),
        (POOL, "nodeConfig.advancedMachineFeatures", {"nodeConfig": {}},
         {"nodeConfig": {"advancedMachineFeatures": {"threadsPerCore": 1}}}, True),
        (POOL, "nodeConfig.guestAccelerators[0].count", {"nodeConfig": {"guestAccelerators": [GPU]}},
         {"nodeConfig": {"guestAccelerators": [{**GPU, "count": 2}]}}, True),
        (POOL, "nodeConfig.oauthScopes[1]", {"nodeConfig": {"oauthScopes": ["a"]}},
         {"nodeConfig": {"oauthScopes": ["a", "b"]}}, True),
        (POOL, "cluster", {"cluster": "a"}, {"cluster": Placeholder.UNKNOWN}, True),
        (POOL, "nodeConfig.machineType", {"nodeConfig": {"machineType": "a"}},
         {"nodeConfig": {"machineType": Placeholder.UNKNOWN}}, False),
        # Rules that depend on values.
        (SUBNET, "ipCidrRange", {"ipCidrRange": "10.0.0.0/22"}, {"ipCidrRange": "10.0.0.0/21"}, False),
        (SUBNET, "ipCidrRange", {"ipCidrRange": "10.0.0.0/22"}, {"ipCidrRange": "10.0.0.0/23"}, True),
        (SUBNET, "ipCidrRange", {"ipCidrRange": "10.0.0.0/22"}, {"ipCidrRange": "10.0.4.0/22"}, True),
        (CLUSTER, "enableL4IlbSubsetting", {"enableL4IlbSubsetting": True}, {}, True),
        (CLUSTER, "enableL4IlbSubsetting", {}, {"enableL4IlbSubsetting": True}, False),
        (PROVIDER, "kubeconfig", {"kubeconfig": SERVER % ("a", "1")}, {"kubeconfig": SERVER % ("b", "1")}, True),
        (PROVIDER, "kubeconfig", {"kubeconfig": SERVER % ("a", "1")}, {"kubeconfig": SERVER % ("a", "2")}, False),
        (PROVIDER, "kubeconfig", {"kubeconfig": SERVER % ("a", "1")}, {"kubeconfig": Placeholder.UNKNOWN}, True),
        # Kubernetes objects.
        (CLAIM, "spec.accessModes[0]", {"spec": {"accessModes": ["a"]}}, {"spec": {"accessModes": ["b"]}}, True),
        (CLAIM, "spec.resources", {"spec": {"resources": 1}}, {"spec": {"resources": 2}}, False),
        (QUEUE, "metadata.name", {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, True),
        (QUEUE, "spec", {"spec": 1}, {"spec": 2}, False),
        # A type without known rules.
        ("aws:s3/bucket:Bucket", "bucket", {"bucket": "a"}, {"bucket": "b"}, False),
    ],
)  # fmt: skip
def test_replaces(kind: str, path: str, old: dict[str, Any], new: dict[str, Any], *, replaces: bool) -> None:
    """An input that cannot change in place replaces the resource."""
    assert decide.replaces(kind, path, old, new) == replaces


def test_provider_option_allows_changes_of_data() -> None:
    """The data of a ConfigMap replaces it, unless its provider has the option and the object is not immutable."""
    old, new = {"data": {"a": "b"}}, {"data": {"a": "c"}}
    mutable = {"enableConfigMapMutable": True}

    assert decide.replaces(CONFIG_MAP, "data.a", old, new)
    assert not decide.replaces(CONFIG_MAP, "data.a", old, new, mutable)
    assert decide.replaces(CONFIG_MAP, "data.a", old, {**new, "immutable": True}, mutable)


@pytest.mark.parametrize(
    ("kind", "path", "before", "after", "same"),
    [
        (BUCKET, "location", "EUROPE-WEST4", "europe-west4", True),
        (BUCKET, "name", "a", "A", False),
        (SUBNET, "network", "projects/p/global/networks/n", "n", True),
        (SUBNET, "network", "https://www.googleapis.com/compute/v1/projects/p/global/networks/n",
         "projects/p/global/networks/n", True),
        (SUBNET, "network", "projects/p/global/networks/n", "projects/q/global/networks/n", False),
        (SUBNET, "network", "projects/p/global/networks/n", "m", False),
        (GRANT, "member", "group:Ml@example.com", "group:ml@example.com", True),
        (GRANT, "member", "principal://x/A", "principal://x/a", False),
        (POOL, "nodeConfig", {"spot": True}, None, True),
        (POOL, "nodeConfig", None, {"spot": True}, False),
        (CLUSTER, "network", "default", None, True),
        (CLUSTER, "enableAutopilot", None, False, True),
        ("gcp:compute/network:Network", "autoCreateSubnetworks", None, False, False),
        (QUEUE, "metadata.namespace", "default", None, True),
        ("kubernetes:core/v1:Secret", "data", Placeholder.SECRET, None, True),
        (CLAIM, "spec.resources.requests.storage", "1024Gi", "1Ti", True),
        (CLAIM, "spec.resources.requests.storage", "1024Gi", "1024Mi", False),
        (CLAIM, "spec.resources.requests.storage", "1024Gi", None, False),
    ],
)  # fmt: skip
def test_is_same(kind: str, path: str, before: Any, after: Any, *, same: bool) -> None:
    """Values that the provider treats as equal, defaults and computed values included."""
    assert decide.is_same(kind, path, before, after) == same


@pytest.mark.parametrize(
    ("kind", "old", "new", "first"),
    [
        (BUCKET, {"name": "a"}, {"name": "a"}, True),
        (BUCKET, {}, {}, False),
        (GRANT, {"bucket": "a"}, {"bucket": "b"}, False),
        (MEMBER, {"role": "a"}, {"role": "b"}, True),
        (CLAIM, {"metadata": {"name": "a"}}, {"metadata": {"name": "a"}}, True),
        (CLAIM, {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, False),
        ("kubernetes:helm.sh/v3:Release", {"name": "a"}, {"name": "a"}, False),
    ],
)
def test_deletes_first(kind: str, old: dict[str, Any], new: dict[str, Any], *, first: bool) -> None:
    """Two resources with the same name cannot exist at the same time."""
    assert decide.deletes_first(kind, old, new) == first


@pytest.mark.parametrize(
    ("kind", "name", "before", "replaces"),
    [
        (POOL, "cluster", "a", True),
        (POOL, "version", "a", False),
        (POOL, "nodeConfig", {"machineType": "a"}, True),
        (CLUSTER, "privateClusterConfig", {"masterIpv4CidrBlock": "a"}, False),
        (CLAIM, "metadata", {"name": "a"}, True),
        (CLAIM, "spec", {"accessModes": ["a"]}, True),
        (CLAIM, "spec", {"resources": 1}, False),
        (PROVIDER, "kubeconfig", "a", True),
        ("aws:s3/bucket:Bucket", "bucket", "a", False),
    ],
)
def test_replaces_if_unknown(kind: str, name: str, before: Any, *, replaces: bool) -> None:
    """An input that becomes unknown as a whole replaces if it, or its elements, are marked."""
    assert decide.replaces_if_unknown(kind, name, before) == replaces
