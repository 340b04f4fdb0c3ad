"""Tests of `components.node_account`."""

from __future__ import annotations

from components.node_account import NodeAccount, NodeAccountArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs, read


def _graph() -> Graph:
    return declare(lambda: read(NodeAccount("nodes-ml", NodeAccountArgs("ml-service", "gke-ml-nodes")).email))


def test_node_account_has_the_roles_of_a_node_only() -> None:
    """Nodes write logs and metrics and pull images; no key is declared."""
    graph = _graph()
    roles = {name: inputs(graph, name) for name, kind in declared(graph).items() if kind.endswith(":IAMMember")}

    assert {name: (role["project"], role["role"]) for name, role in roles.items()} == {
        "nodes-ml-default-node": ("ml-service", "roles/container.defaultNodeServiceAccount"),
        "nodes-ml-images": ("ml-service", "roles/artifactregistry.reader"),
    }
    assert all(depends_on(graph, name) == {"nodes-ml-account"} for name in roles)


def test_node_account_is_in_the_project() -> None:
    """The display name has the id, since a project has an account for each cluster."""
    graph = _graph()

    assert declared(graph)["nodes-ml-account"] == "gcp:serviceaccount/account:Account"
    assert inputs(graph, "nodes-ml-account") == {
        "project": "ml-service",
        "accountId": "gke-ml-nodes",
        "displayName": "GKE nodes (gke-ml-nodes)",
    }
    assert depends_on(graph, "reader") == {"nodes-ml-account"}
