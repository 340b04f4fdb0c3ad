"""A team that goes takes its own things along, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundwork.graph import Graph
from tests.cluster.client import Client
from tests.cluster.layout import laid_out, objects_of, remove
from tests.cluster.plugin import Tally


def _belongs(manifest: Mapping[str, Any], team: str) -> bool:
    """Whether an object is the team's, or lies in its namespace and so goes with it, whosever it is."""
    metadata = manifest["metadata"]
    return team in (metadata.get("labels", {}).get("team"), metadata.get("namespace"))


def test_a_team_goes_and_the_others_stay(cluster: Client, graphs: dict[str, Graph], tally: Tally) -> None:
    """Without a team's objects nothing of it is left, no finalizer holds it, and each other object is the same one."""
    with laid_out(cluster, objects_of(graphs, "prod/main")) as layout:
        manifests = [one.manifest for one in layout.objects.values()]
        theirs = [one for one in manifests if _belongs(one, "forecasting")]
        others = [cluster.path(one) for one in manifests if one not in theirs]
        before = {path: cluster.request("GET", path).body["metadata"]["uid"] for path in others}
        tally("objects removed with a team", len(theirs))

        assert {"Namespace", "PersistentVolume", "ResourceQuota"} <= {one["kind"] for one in theirs}

        remove(cluster, theirs)

        assert {path: cluster.request("GET", path).body["metadata"].get("uid") for path in others} == before
