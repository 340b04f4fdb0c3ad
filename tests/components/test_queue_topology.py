"""Tests of `components.queue_topology`."""

from __future__ import annotations

from components.queue_topology import QueueTopology, QueueTopologyArgs
from tests.components.in_cluster import in_cluster


def test_topology_levels_are_the_node_labels_of_gke_from_wide_to_narrow() -> None:
    """The order of the levels is the order in which Kueue packs pods; the last one is the node."""
    topology = in_cluster(QueueTopology, QueueTopologyArgs("gke"))

    assert topology.roles == {"levels"}
    assert topology.kind("levels") == ("kueue.x-k8s.io/v1beta2", "Topology")
    assert topology.metadata("levels") == {"name": "gke"}
    assert [level["nodeLabel"] for level in topology.spec("levels")["levels"]] == [
        "cloud.google.com/gce-topology-block",
        "cloud.google.com/gce-topology-subblock",
        "cloud.google.com/gce-topology-host",
        "kubernetes.io/hostname",
    ]
