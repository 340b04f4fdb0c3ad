"""Grants of IAM resources and role bindings, and the rules `no-basic-roles` and `no-individuals` on them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules import no_basic_roles, no_individuals
from policy.rules._grants import UNKNOWN, Grant, grants
from tests.policy.asking import ask

BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
CLUSTER_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
BUCKET_BINDING = "gcp:storage/bucketIAMBinding:BucketIAMBinding"
MEMBER = "gcp:projects/iAMMember:IAMMember"


def _node(kind: str, **inputs: Any) -> Node:
    return Node("urn:a", kind, "a", inputs)


def _policy(data: Any) -> Node:
    return _node("gcp:projects/iAMPolicy:IAMPolicy", policyData=data)


POLICY = {
    "bindings": [
        {"role": "r", "members": ["a", "b"], "condition": {"expression": "e", "title": "t"}},
        {"role": "s", "members": ["c"]},
        {"role": "t"},
    ]
}


@pytest.mark.parametrize(
    ("node", "found"),
    [
        (_node(MEMBER, role="r", member="a"), [Grant("r", "a")]),
        (_node(MEMBER, role="r", member="a", condition={"expression": "e"}), [Grant("r", "a", "e")]),
        (_node(BUCKET_BINDING, role="r", members=["a", "b"]), [Grant("r", "a"), Grant("r", "b")]),
        (_node(BUCKET_BINDING, role="r", members=Placeholder.UNKNOWN), [Grant("r", Placeholder.UNKNOWN)]),
        (_node(BUCKET_BINDING, role="r"), []),
        (_node("gcp:storage/bucket:Bucket", role="r", member="a"), []),
        (_node("kubernetes:core/v1:IAM", role="r", member="a"), []),
        (_policy(json.dumps(POLICY)), [Grant("r", "a", "e"), Grant("r", "b", "e"), Grant("s", "c")]),
        (_policy(json.dumps({})), []),
        (_policy(Placeholder.UNKNOWN), [UNKNOWN]),
        (_policy(Placeholder.SECRET), [UNKNOWN]),
        (_policy("roles/owner for everyone"), [UNKNOWN]),
        (_policy("[]"), [UNKNOWN]),
        (_policy("null"), [UNKNOWN]),
        (_policy('{"bindings": 1}'), [UNKNOWN]),
        (_policy('{"bindings": [1]}'), [UNKNOWN]),
    ],
)  # fmt: skip
def test_grants_of_google_cloud(node: Node, found: list[Grant]) -> None:
    """Members, bindings and policies give one grant for each role and member; an invalid policy is an unknown grant."""
    assert list(grants(node)) == found
    assert (UNKNOWN.role, UNKNOWN.member, UNKNOWN.condition) == (Placeholder.UNKNOWN, Placeholder.UNKNOWN, None)


@pytest.mark.parametrize("kind", [BINDING, CLUSTER_BINDING])
@pytest.mark.parametrize(
    ("subject", "member"),
    [
        ({"kind": "User", "name": "ann@acme.example"}, "user:ann@acme.example"),
        ({"kind": "User", "name": "a@p.iam.gserviceaccount.com"}, "serviceAccount:a@p.iam.gserviceaccount.com"),
        ({"kind": "Group", "name": "ml@acme.example"}, "group:ml@acme.example"),
        ({"kind": "ServiceAccount", "name": "workload"}, "serviceaccount:workload"),
        ({"kind": "User", "name": Placeholder.UNKNOWN}, Placeholder.UNKNOWN),
        (Placeholder.UNKNOWN, Placeholder.UNKNOWN),
    ],
)
def test_grants_of_kubernetes(kind: str, subject: Any, member: Any) -> None:
    """Subjects have the form of IAM members."""
    inputs = {"roleRef": {"name": "view"}, "subjects": [subject]}

    assert list(grants(_node(kind, **inputs))) == [Grant("view", member)]
    assert list(grants(_node("kubernetes:rbac.authorization.k8s.io/v1:Role", **inputs))) == []
    assert list(grants(_node(kind, roleRef={"name": "view"}))) == []
    assert list(grants(_node(kind, roleRef={"name": "view"}, subjects=Placeholder.UNKNOWN))) == [
        Grant("view", Placeholder.UNKNOWN)
    ]


@pytest.mark.parametrize(
    ("role", "text"),
    [
        ("roles/owner", "a grants roles/owner: grant the predefined roles"),
        ("roles/editor", "a grants roles/editor: grant the predefined roles"),
        ("roles/viewer", "a grants roles/viewer: grant the predefined roles"),
        ("roles/storage.admin", ""),
        (Placeholder.UNKNOWN, "a grants a role that is unknown until pulumi up"),
    ],
)
def test_basic_roles_are_refused(role: Any, text: str) -> None:
    """Owner, editor, viewer and an unknown role are violations."""
    messages = ask(no_basic_roles.RULE, _node(MEMBER, role=role, member="group:a@b.example"))

    assert [text in message for message in messages] == ([True] if text else [])


@pytest.mark.parametrize(
    ("member", "text"),
    [
        ("user:ann@acme.example", "which is one person: grant it to a group (setting groups)"),
        ("domain:acme.example", "which is a whole domain: grant it to a group (setting groups)"),
        ("deleted:serviceAccount:a@p.iam.gserviceaccount.com?uid=1", "which was deleted: remove the grant"),
        ("group:ml@acme.example", ""),
        ("serviceAccount:a@p.iam.gserviceaccount.com", ""),
        ("user", "which is one person"),
        (Placeholder.UNKNOWN, ""),
        (None, ""),
    ],
)
def test_grants_to_individuals_are_refused(member: Any, text: str) -> None:
    """People, domains and deleted accounts are violations; groups, service accounts and unknown members pass."""
    messages = ask(no_individuals.RULE, _node(MEMBER, role="r", member=member))

    assert [f"a grants r to {member}, {text}" in message for message in messages] == ([True] if text else [])


def test_every_member_of_a_binding_is_checked() -> None:
    """A member that passes, or is unknown, hides no other."""
    members = [Placeholder.UNKNOWN, "group:a@b.example", "user:ann@b.example", "domain:b.example"]
    node = _node(BUCKET_BINDING, role="r", members=members)

    assert len(ask(no_individuals.RULE, node)) == 2
