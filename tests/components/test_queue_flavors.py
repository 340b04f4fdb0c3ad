"""Tests of `components.queue_flavors`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.queue_flavors import CPU_FLAVOR, GpuFlavorArgs, QueueFlavors, QueueFlavorsArgs
from tests.components.in_cluster import Objects, in_cluster

FLAVOR = GpuFlavorArgs("spot", {"groundwork.dev/pool": "a100"}, ["nvidia.com/gpu"])


def _flavors(**changes: Any) -> Objects:
    return in_cluster(QueueFlavors, QueueFlavorsArgs({"a100": dataclasses.replace(FLAVOR, **changes)}))


def test_cpu_flavor_selects_no_nodes() -> None:
    """Every pool has cores, so a workload without GPUs may run on each of them."""
    flavors = _flavors()

    assert flavors.roles == {"cpu", "a100"}
    assert flavors.kind("cpu") == ("kueue.x-k8s.io/v1beta2", "ResourceFlavor")
    assert flavors.metadata("cpu") == {"name": "cpu"}
    assert flavors.metadata("cpu")["name"] == CPU_FLAVOR
    assert flavors.spec("cpu") == {}


def test_gpu_flavor_selects_its_nodes_and_tolerates_their_taints() -> None:
    """Kueue adds node labels and tolerations to admitted pods; the label shows the capacity type."""
    flavors = _flavors()

    assert flavors.metadata("a100") == {"name": "a100", "labels": {"groundwork.dev/capacity": "spot"}}
    assert flavors.spec("a100") == {
        "nodeLabels": {"groundwork.dev/pool": "a100"},
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
    }


def test_gpu_flavor_with_node_taints_is_only_for_pods_that_tolerate_them() -> None:
    """Workloads get slowly provisioned machines only if they request them."""
    assert _flavors(node_taints={"cloud.google.com/gke-queued": "true"}).spec("a100")["nodeTaints"] == [
        {"key": "cloud.google.com/gke-queued", "value": "true", "effect": "NoSchedule"}
    ]


def test_gpu_flavor_may_name_a_topology() -> None:
    """Topology-aware scheduling uses the levels of that topology."""
    assert _flavors(topology="gke").spec("a100")["topologyName"] == "gke"
