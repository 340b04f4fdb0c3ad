"""Whether a change replaces. That providers say the same is held in `tests/engine/test_replacements.py`."""

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
    ("kind", "path", "old", "new", "forces"),
    [
        (BUCKET, "location", {"location": "EU"}, {"location": "US"}, True),
        (BUCKET, "labels.a", {"labels": {"a": "b"}}, {"labels": {"a": "c"}}, False),
        # A block that appears or goes counts with what is in it, and with what its provider keeps it does not.
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
        # Values decide.
        (SUBNET, "ipCidrRange", {"ipCidrRange": "10.0.0.0/22"}, {"ipCidrRange": "10.0.0.0/21"}, False),
        (SUBNET, "ipCidrRange", {"ipCidrRange": "10.0.0.0/22"}, {"ipCidrRange": "10.0.0.0/23"}, True),
        (SUBNET, "ipCidrRange", {"ipCidrRange": "10.0.0.0/22"}, {"ipCidrRange": "10.0.4.0/22"}, True),
        (CLUSTER, "enableL4IlbSubsetting", {"enableL4IlbSubsetting": True}, {}, True),
        (CLUSTER, "enableL4IlbSubsetting", {}, {"enableL4IlbSubsetting": True}, False),
        (PROVIDER, "kubeconfig", {"kubeconfig": SERVER % ("a", "1")}, {"kubeconfig": SERVER % ("b", "1")}, True),
        (PROVIDER, "kubeconfig", {"kubeconfig": SERVER % ("a", "1")}, {"kubeconfig": SERVER % ("a", "2")}, False),
        (PROVIDER, "kubeconfig", {"kubeconfig": SERVER % ("a", "1")}, {"kubeconfig": Placeholder.UNKNOWN}, True),
        # Objects of Kubernetes.
        (CLAIM, "spec.accessModes[0]", {"spec": {"accessModes": ["a"]}}, {"spec": {"accessModes": ["b"]}}, True),
        (CLAIM, "spec.resources", {"spec": {"resources": 1}}, {"spec": {"resources": 2}}, False),
        (QUEUE, "metadata.name", {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, True),
        (QUEUE, "spec", {"spec": 1}, {"spec": 2}, False),
        # Nobody knows.
        ("aws:s3/bucket:Bucket", "bucket", {"bucket": "a"}, {"bucket": "b"}, False),
    ],
)  # fmt: skip
def test_changes_that_replace(kind: str, path: str, old: dict[str, Any], new: dict[str, Any], *, forces: bool) -> None:
    """One input that cannot change in place replaces the whole resource."""
    assert decide.forces(kind, path, old, new) == forces


def test_a_provider_may_allow_what_is_fixed_by_default() -> None:
    """The data of a configuration replaces it, unless its provider was told that it may change."""
    old, new = {"data": {"a": "b"}}, {"data": {"a": "c"}}
    mutable = {"enableConfigMapMutable": True}

    assert decide.forces(CONFIG_MAP, "data.a", old, new)
    assert not decide.forces(CONFIG_MAP, "data.a", old, new, mutable)
    assert decide.forces(CONFIG_MAP, "data.a", old, {**new, "immutable": True}, mutable)


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
def test_other_words_for_the_same(kind: str, path: str, before: Any, after: Any, *, same: bool) -> None:
    """What its provider takes for one value is no change; nor is it one to leave to it what it would keep."""
    assert decide.same(kind, path, before, after) == same


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
def test_what_goes_first(kind: str, old: dict[str, Any], new: dict[str, Any], *, first: bool) -> None:
    """Two things that the program gives one name cannot stand side by side."""
    assert decide.deletes_first(kind, old, new) == first


@pytest.mark.parametrize(
    ("kind", "name", "before", "forces"),
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
def test_what_is_lost_with_its_source(kind: str, name: str, before: Any, *, forces: bool) -> None:
    """An input that is as a whole no longer known replaces where its marks say so."""
    assert decide.forces_unknown(kind, name, before) == forces
