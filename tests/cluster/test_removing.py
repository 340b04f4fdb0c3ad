"""Removing a team deletes its objects and no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundwork.graph import Graph
from tests.cluster.client import Client
from tests.cluster.layout import laid_out, objects_of, remove
from tests.cluster.plugin import Tally


def _belongs(manifest: Mapping[str, Any], team: str) -> bool:
    """Whether an object has the team's label, or is in its namespace and so is deleted with it."""
    metadata = manifest["metadata"]
    return team in (metadata.get("labels", {}).get("team"), metadata.get("namespace"))


def test_removing_a_team_deletes_only_its_objects(cluster: Client, graphs: dict[str, Graph], tally: Tally) -> None:
    """All objects of the team are deleted, no finalizer blocks one, and every other object is unchanged."""
    with laid_out(cluster, objects_of(graphs, "prod/main")) as layout:
        manifests = [one.manifest for one in layout.objects.values()]
        theirs = [one for one in manifests if _belongs(one, "forecasting")]
        others = [cluster.path(one) for one in manifests if one not in theirs]
        before = {path: cluster.request("GET", path).body["metadata"]["uid"] for path in others}
        tally("objects removed with a team", len(theirs))

        assert {"Namespace", "PersistentVolume", "ResourceQuota"} <= {one["kind"] for one in theirs}

        remove(cluster, theirs)

        assert {path: cluster.request("GET", path).body["metadata"].get("uid") for path in others} == before
