"""The rule `no-public-access`."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules.no_public_access import CHECKS, RULE
from tests.policy.asking import ask

CLUSTER = {
    "privateClusterConfig": {"enablePrivateNodes": True},
    "controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enabled": False}},
}
BUCKET = {"publicAccessPrevention": "enforced", "uniformBucketLevelAccess": True}
INSTANCE = {"networkInterfaces": [{"subnetwork": "s"}]}

GOOD: list[tuple[str, dict[str, Any]]] = [
    ("gcp:storage/bucket:Bucket", BUCKET),
    ("gcp:storage/bucketIAMMember:BucketIAMMember", {"role": "r", "member": "group:a@b.example"}),
    ("gcp:storage/bucketIAMBinding:BucketIAMBinding", {"role": "r", "members": ["group:a@b.example"]}),
    ("gcp:storage/bucketIAMMember:BucketIAMMember", {"role": "r", "member": Placeholder.UNKNOWN}),
    ("gcp:storage/bucketIAMBinding:BucketIAMBinding", {"role": "r", "members": Placeholder.UNKNOWN}),
    ("gcp:storage/bucketIAMBinding:BucketIAMBinding", {"role": "r", "members": [Placeholder.UNKNOWN]}),
    ("gcp:storage/bucketIAMPolicy:BucketIAMPolicy", {"policyData": Placeholder.UNKNOWN}),
    ("gcp:compute/address:Address", {"addressType": "INTERNAL"}),
    ("gcp:compute/globalAddress:GlobalAddress", {"addressType": "INTERNAL"}),
    ("gcp:compute/instance:Instance", INSTANCE),
    ("gcp:compute/instanceTemplate:InstanceTemplate", INSTANCE),
    ("gcp:compute/firewall:Firewall", {"direction": "INGRESS", "sourceRanges": ["10.0.0.0/8"], "allows": [{}]}),
    ("gcp:compute/firewall:Firewall", {"direction": "EGRESS", "sourceRanges": ["0.0.0.0/0"], "allows": [{}]}),
    ("gcp:compute/firewall:Firewall", {"sourceRanges": ["0.0.0.0/0"], "denies": [{}]}),
    ("gcp:container/cluster:Cluster", CLUSTER),
    ("gcp:container/nodePool:NodePool", {"networkConfig": {"podRange": "pods"}}),
    ("gcp:bigquery/dataset:Dataset", {"accesses": [{"role": "r", "groupByEmail": "a@b.example"}]}),
    ("gcp:bigquery/dataset:Dataset", {"accesses": Placeholder.UNKNOWN}),
    ("gcp:sql/databaseInstance:DatabaseInstance", {"settings": {"ipConfiguration": {"ipv4Enabled": False}}}),
    ("kubernetes:core/v1:ConfigMap", {"member": "allUsers"}),
]

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("gcp:storage/bucket:Bucket", {**BUCKET, "publicAccessPrevention": "inherited"}, "publicAccessPrevention"),
    ("gcp:storage/bucket:Bucket", {**BUCKET, "publicAccessPrevention": Placeholder.UNKNOWN}, "publicAccessPrevention"),
    ("gcp:storage/bucket:Bucket", {**BUCKET, "uniformBucketLevelAccess": False}, "uniformBucketLevelAccess"),
    ("gcp:storage/bucketIAMMember:BucketIAMMember", {"role": "r", "member": "allUsers"}, "allUsers"),
    ("gcp:projects/iAMBinding:IAMBinding", {"role": "r", "members": ["allAuthenticatedUsers"]}, "allAuthenticated"),
    (
        "gcp:storage/bucketIAMPolicy:BucketIAMPolicy",
        {"policyData": '{"bindings": [{"role": "r", "members": ["group:a@b.example", "allUsers"]}]}'},
        "allUsers",
    ),
    ("gcp:compute/address:Address", {}, "public address"),
    ("gcp:compute/globalAddress:GlobalAddress", {"addressType": "EXTERNAL"}, "public address"),
    ("gcp:compute/instance:Instance", {"networkInterfaces": [{"accessConfigs": [{}]}]}, "accessConfigs"),
    ("gcp:compute/instanceTemplate:InstanceTemplate", {"networkInterfaces": Placeholder.UNKNOWN}, "accessConfigs"),
    ("gcp:compute/firewall:Firewall", {"sourceRanges": ["0.0.0.0/0"], "allows": [{}]}, "whole internet"),
    ("gcp:compute/firewall:Firewall", {"sourceRanges": ["::/0"], "allows": [{}]}, "whole internet"),
    ("gcp:compute/firewall:Firewall", {"sourceRanges": Placeholder.UNKNOWN, "allows": [{}]}, "whole internet"),
    ("gcp:compute/firewall:Firewall", {"sourceRanges": Placeholder.SECRET, "allows": [{}]}, "whole internet"),
    ("gcp:compute/firewall:Firewall", {"sourceRanges": [Placeholder.UNKNOWN], "allows": [{}]}, "whole internet"),
    (
        "gcp:compute/firewall:Firewall",
        {"direction": Placeholder.UNKNOWN, "sourceRanges": ["0.0.0.0/0"], "allows": [{}]},
        "whole internet",
    ),
    ("gcp:container/nodePool:NodePool", {"networkConfig": {"enablePrivateNodes": False}}, "enablePrivateNodes"),
    ("gcp:bigquery/dataset:Dataset", {"accesses": [{"specialGroup": "allAuthenticatedUsers"}]}, "allAuthenticated"),
    ("gcp:bigquery/dataset:Dataset", {"accesses": [{"iamMember": "allUsers"}]}, "allUsers"),
    ("gcp:container/cluster:Cluster", {**CLUSTER, "privateClusterConfig": {}}, "enablePrivateNodes"),
    (
        "gcp:container/cluster:Cluster",
        {**CLUSTER, "controlPlaneEndpointsConfig": Placeholder.UNKNOWN},
        "ipEndpointsConfig",
    ),
    ("gcp:sql/databaseInstance:DatabaseInstance", {}, "ipv4Enabled"),
]


def _node(kind: str, inputs: dict[str, Any]) -> Node:
    return Node("u", kind, "thing", inputs)


@pytest.mark.parametrize(("kind", "inputs"), GOOD)
def test_private_resources_pass(kind: str, inputs: dict[str, Any]) -> None:
    """Nothing is reported for a resource that is not reachable from the internet."""
    assert ask(RULE, _node(kind, inputs)) == []


@pytest.mark.parametrize(("kind", "inputs", "words"), BAD)
def test_public_resources_are_reported(kind: str, inputs: dict[str, Any], words: str) -> None:
    """The message names the resource and the input."""
    messages = ask(RULE, _node(kind, inputs), None)

    assert len(messages) == 1
    assert "thing" in messages[0]
    assert words in messages[0]


def test_every_type_has_both_samples() -> None:
    """Every check has a sample that passes and one that fails."""
    assert set(CHECKS) <= {kind for kind, _ in GOOD}
    assert set(CHECKS) <= {kind for kind, _, _ in BAD}
