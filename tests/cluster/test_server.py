"""A server for tests is a cluster of its own, and leaves nothing behind."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.cluster import build, server
from tests.cluster.client import Client


def test_it_is_new_and_closed_and_goes(server_programs: Path) -> None:
    """It holds what Kubernetes makes by itself, lets strangers do nothing, and its folder goes with it."""
    with server.running(server_programs) as kubeconfig, closing(Client.of(kubeconfig)) as client:
        found = client.request("GET", "/api/v1/namespaces").body["items"]
        refused = client.acting_as("somebody").request("GET", "/api/v1/namespaces")

        assert {one["metadata"]["name"] for one in found} == {
            "default",
            "kube-node-lease",
            "kube-public",
            "kube-system",
        }
        assert refused.status == 403
        assert client.request("GET", "/version").body["gitVersion"] == build.version()

    assert not kubeconfig.parent.exists()
    assert not client.answers("/readyz")
