"""Tests of `components.team_access`."""

from __future__ import annotations

from components.team_access import BindingArgs, TeamAccess, TeamAccessArgs
from tests.components.in_cluster import LABELS, Objects, in_cluster

BINDINGS = {
    "members": BindingArgs("team-member", "Group", "vision@example.com"),
    "repository": BindingArgs("team-repository", "User", "deployer@p.iam.gserviceaccount.com"),
    "workload": BindingArgs("team-workload", "ServiceAccount", "workload"),
}
RBAC = "rbac.authorization.k8s.io"


def _access() -> Objects:
    return in_cluster(TeamAccess, TeamAccessArgs("vision", BINDINGS, LABELS, "team-runtimes"))


def test_binding_grants_a_cluster_role_in_the_namespace_only() -> None:
    """A RoleBinding limits the permissions of a ClusterRole to its namespace."""
    access = _access()

    assert access.roles == {*BINDINGS, "cluster"}
    assert access.kind("members") == (f"{RBAC}/v1", "RoleBinding")
    assert access.metadata("members") == {"name": "members", "namespace": "vision", "labels": LABELS}
    assert access.inputs("members")["roleRef"] == {"apiGroup": RBAC, "kind": "ClusterRole", "name": "team-member"}


def test_subject_group_or_user_is_an_email_address() -> None:
    """GKE authenticates people and IAM service accounts by their e-mail address."""
    access = _access()

    assert access.inputs("members")["subjects"] == [{"kind": "Group", "name": "vision@example.com", "apiGroup": RBAC}]
    assert access.inputs("repository")["subjects"] == [
        {"kind": "User", "name": "deployer@p.iam.gserviceaccount.com", "apiGroup": RBAC}
    ]


def test_subject_service_account_is_that_of_the_namespace() -> None:
    """An account of the same name in another namespace gets nothing; its API group is the core group."""
    access = _access()

    assert access.inputs("workload")["subjects"] == [
        {"kind": "ServiceAccount", "name": "workload", "namespace": "vision"}
    ]
    assert access.inputs("workload")["roleRef"]["name"] == "team-workload"


def test_binding_in_the_cluster_has_everyone_of_the_team() -> None:
    """Groups and users of all bindings and all pods of the namespace; each team has a binding that is its alone."""
    access = _access()

    assert access.kind("cluster") == (f"{RBAC}/v1", "ClusterRoleBinding")
    assert access.metadata("cluster") == {"name": "team-runtimes-vision", "labels": LABELS}
    assert access.inputs("cluster")["roleRef"] == {"apiGroup": RBAC, "kind": "ClusterRole", "name": "team-runtimes"}
    assert access.inputs("cluster")["subjects"] == [
        {"kind": "Group", "name": "system:serviceaccounts:vision", "apiGroup": RBAC},
        {"kind": "Group", "name": "vision@example.com", "apiGroup": RBAC},
        {"kind": "User", "name": "deployer@p.iam.gserviceaccount.com", "apiGroup": RBAC},
    ]
