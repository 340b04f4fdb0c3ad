"""Tests of the summaries of resources."""

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
    ("kind", "inputs", "summary"),
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
        ("gcp:billing/budget:Budget", {"amount": {"specifiedAmount": {"units": "300"}}}, ""),
        (GRANT, {"role": Placeholder.UNKNOWN, "member": "group:a@b"}, ""),
        (
            "kubernetes:core/v1:ResourceQuota",
            {"spec": {"hard": {"pods": "9", "requests.cpu": "2"}}},
            "cpu 2, pods 9",
        ),
        ("kubernetes:core/v1:ResourceQuota", {"spec": Placeholder.UNKNOWN}, ""),
        ("kubernetes:core/v1:ResourceQuota", {"spec": {"hard": {"pods": Placeholder.UNKNOWN}}}, ""),
        (
            "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
            {"roleRef": {"name": "team-member"}, "subjects": [{"name": "a"}, {"name": "b"}]},
            "team-member for a, b",
        ),
        ("kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue", {"spec": QUEUE}, "l4: nvidia.com/gpu 4"),
    ],
)
def test_summary(kind: str, inputs: dict[str, Any], summary: str) -> None:
    """A role and its grantee, an amount and its unit; unknown values are left out."""
    assert summary_of(Node("urn:x", kind, "x", inputs)) == summary


@pytest.mark.parametrize("suffix", ["IAMMember", "IamMember", "Budget", "ResourceQuota", "RoleBinding", "ClusterQueue"])
def test_declared_resources_have_a_summary(graphs: dict[str, Graph], suffix: str) -> None:
    """Every declared resource of these types has a summary without placeholders."""
    nodes = [node for graph in graphs.values() for node in graph if node.custom and node.type.endswith(suffix)]

    assert nodes
    assert [node.urn for node in nodes if not summary_of(node) or "Placeholder" in summary_of(node)] == []
