"""A server for tests is a separate cluster, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from tests.cluster import server
from tests.cluster.client import Client
from tests.parts.catalog import PARTS


def test_server_is_empty_refuses_strangers_and_cleans_up(server_programs: Mapping[str, Path]) -> None:
    """It has only the default namespaces, refuses unknown users, and its folder is deleted."""
    with server.running(server_programs) as kubeconfig, closing(Client.of(kubeconfig)) as client:
        found = client.request("GET", "/api/v1/namespaces").body["items"]
        refused = client.acting_as("stranger").request("GET", "/api/v1/namespaces")

        assert {one["metadata"]["name"] for one in found} == {
            "default",
            "kube-node-lease",
            "kube-public",
            "kube-system",
        }
        assert refused.status == 403
        assert client.request("GET", "/version").body["gitVersion"] == PARTS["kube-apiserver"].version()

    assert not kubeconfig.parent.exists()
    assert not client.answers("/readyz")
