"""What a line of a preview says of what is made or goes."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.graph import Graph, Node, Placeholder
from groundwork.preview.summary import summary_of

GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember"
QUEUE = {
    "resourceGroups": [{"flavors": [{"name": "l4", "resources": [{"name": "nvidia.com/gpu", "nominalQuota": "4"}]}]}]
}


@pytest.mark.parametrize(
    ("kind", "inputs", "told"),
    [
        (GRANT, {"role": "roles/x", "member": "group:a@b"}, "roles/x for group:a@b"),
        (GRANT, {"role": "roles/x", "member": Placeholder.UNKNOWN}, "roles/x"),
        (GRANT, {"role": "x", "member": "y", "condition": {"title": "until 2027-01-31"}}, "x for y (until 2027-01-31)"),
        ("gcp:secretmanager/secretIamMember:SecretIamMember", {"role": "x", "member": "y"}, "x for y"),
        ("gcp:storage/bucket:Bucket", {"name": "a"}, ""),
        (
            "gcp:billing/budget:Budget",
            {"amount": {"specifiedAmount": {"units": "300", "currencyCode": "USD"}}},
            "300 USD a month",
        ),
        ("gcp:billing/budget:Budget", {"amount": Placeholder.UNKNOWN}, ""),
        (
            "kubernetes:core/v1:ResourceQuota",
            {"spec": {"hard": {"pods": "9", "requests.cpu": "2"}}},
            "cpu 2, pods 9",
        ),
        ("kubernetes:core/v1:ResourceQuota", {"spec": Placeholder.UNKNOWN}, ""),
        (
            "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
            {"roleRef": {"name": "team-member"}, "subjects": [{"name": "a"}, {"name": "b"}]},
            "team-member for a, b",
        ),
        ("kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue", {"spec": QUEUE}, "l4: nvidia.com/gpu 4"),
    ],
)
def test_a_line_says_who_gets_what(kind: str, inputs: dict[str, Any], told: str) -> None:
    """A role and who has it, an amount and what of; nothing where nothing is known."""
    assert summary_of(Node("urn:x", kind, "x", inputs)) == told


@pytest.mark.parametrize("word", ["IAMMember", "IamMember", "Budget", "ResourceQuota", "RoleBinding", "ClusterQueue"])
def test_everything_of_a_kind_says_something(graphs: dict[str, Graph], word: str) -> None:
    """Whatever the program declares of these kinds is told, and never as a mark."""
    nodes = [node for graph in graphs.values() for node in graph if node.custom and node.type.endswith(word)]

    assert nodes
    assert [node.urn for node in nodes if not summary_of(node) or "Mark." in summary_of(node)] == []
