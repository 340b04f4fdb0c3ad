"""The rule `mounts-fit`: the pools of a pod, and the same arithmetic as the settings have."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from groundwork.cost import load
from groundwork.graph import Graph, Node
from policy.rules import _node_capacity
from policy.rules.mounts_fit import RULE
from stacks.settings.derived.node_capacity import DISK_SHARE, MEMORY_SHARE, machine_capacity
from stacks.settings.facts.gpu_machines import gpu_machines
from tests.groundwork.cost.resources import CLUSTER, pool, resource, stack
from tests.policy.asking import ask_stack


def _cluster(name: str, machine: str) -> list[Node]:
    """A cluster with a pool ``train`` of this machine, and the provider of its objects."""
    cluster = resource(CLUSTER, f"cluster-{name}", {"name": name, "location": "europe-west4"})
    provider = resource("pulumi:providers:kubernetes", name, {})
    node = pool(f"{name}-train", machine, "europe-west4", (0, 1))
    return [
        cluster,
        dataclasses.replace(provider, dependencies=(cluster.urn,)),
        dataclasses.replace(node, inputs={**node.inputs, "name": "train", "cluster": name}),
    ]


def _notes(cluster: str, memory: str) -> Node:
    data = {"train": json.dumps({"annotations": {"gke-gcsfuse/memory-limit": memory}})}
    inputs: dict[str, Any] = {"metadata": {"name": "mounts", "namespace": "vision"}, "data": data}
    node = resource("kubernetes:core/v1:ConfigMap", f"notes-{cluster}", inputs)
    provider = resource("pulumi:providers:kubernetes", cluster, {}).urn
    return dataclasses.replace(node, provider=provider)


def test_pod_is_compared_with_pools_of_its_cluster() -> None:
    """Where two clusters have a pool of the same name, the notes are compared with the pool of their cluster."""
    pools = [*_cluster("large", "g2-standard-16"), *_cluster("small", "g2-standard-4")]

    assert ask_stack(RULE, stack(*pools, _notes("large", "20480Mi"))) == []
    ((urn, message),) = ask_stack(RULE, stack(*pools, _notes("small", "20480Mi")))
    assert urn == _notes("small", "").urn
    assert "a pod on pool train needs 20480 MiB of memory, but g2-standard-4 has" in message


def test_pod_of_an_unknown_cluster_is_compared_with_all_pools() -> None:
    """Where the cluster is unknown, the smallest pool of the name counts."""
    pools = [*_cluster("large", "g2-standard-16"), *_cluster("small", "g2-standard-4")]
    notes = dataclasses.replace(_notes("large", "20480Mi"), provider=None)

    assert len(ask_stack(RULE, stack(*pools, notes))) == 1


@pytest.mark.parametrize("name", sorted(gpu_machines()))
def test_memory_agrees_with_the_settings(name: str) -> None:
    """The settings allow a share of the memory that the rule computes, for every machine type that both have."""
    machine = gpu_machines()[name]
    mib = _node_capacity.memory_mib(name, load(), {name: machine.memory_gb})

    assert mib is not None
    assert abs(machine_capacity(machine.memory_gb, 0, 0).memory - mib * MEMORY_SHARE) <= 1


def _disk_pool(disk_gb: int, partitions: int = 0) -> Node:
    config: dict[str, Any] = {"machineType": "g2-standard-8", "diskSizeGb": disk_gb}
    if partitions:
        config["ephemeralStorageLocalSsdConfig"] = {"localSsdCount": partitions}
    return resource("gcp:container/nodePool:NodePool", "p", {"name": "p", "nodeConfig": config})


@pytest.mark.parametrize("disk_gb", [30, 39, 40, 50, 100, 200, 268, 269, 300, 2000])
def test_boot_disk_agrees_with_the_settings(disk_gb: int) -> None:
    """The settings allow a share of the boot disk that the rule computes."""
    mib = _node_capacity.disk_mib(_disk_pool(disk_gb))

    assert mib is not None
    assert abs(machine_capacity(32, 0, disk_gb).boot_disk - mib * DISK_SHARE) <= 1


@pytest.mark.parametrize("partitions", [1, 2, 3, 8, 16])
def test_local_ssd_agrees_with_the_settings(partitions: int) -> None:
    """The settings allow a share of the local SSDs that the rule computes."""
    mib = _node_capacity.disk_mib(_disk_pool(100, partitions))

    assert mib is not None
    assert abs(machine_capacity(32, partitions, 100).local_ssd - mib * DISK_SHARE) <= 1


# GKE reserves 50 GiB of one partition (375 GiB), 75 of two, 100 of more, and 10 % for evictions; of a boot disk the
# smallest of half, 6 GiB and 35 %, and 100 GiB.
@pytest.mark.parametrize(
    ("disk_gb", "partitions", "gib"),
    [(100, 1, 287.5), (100, 2, 600.0), (100, 3, 912.5), (30, 0, 12.0), (100, 0, 49.0), (1000, 0, 800.0)],
)
def test_disk_capacity_is_that_of_the_documentation(disk_gb: int, partitions: int, gib: float) -> None:
    """The capacity of disks is computed by hand from GKE's documentation."""
    assert _node_capacity.disk_mib(_disk_pool(disk_gb, partitions)) == int(gib * 1024)


@pytest.mark.parametrize(("mib", "fits"), [(50_176, True), (50_177, False)])
def test_pod_may_use_all_of_the_disk_for_pods(mib: int, *, fits: bool) -> None:
    """A mount may use 49 GiB of a boot disk of 100 GB, and not one MiB more."""
    data = {"p": json.dumps({"annotations": {"gke-gcsfuse/ephemeral-storage-limit": f"{mib}Mi"}})}
    notes = resource("kubernetes:core/v1:ConfigMap", "notes", {"metadata": {"name": "mounts"}, "data": data})

    assert (ask_stack(RULE, stack(_disk_pool(100), notes)) == []) is fits


@pytest.mark.parametrize(("mib", "fits"), [(29_022, True), (29_023, False)])
def test_pod_may_use_all_of_the_memory_for_pods(mib: int, *, fits: bool) -> None:
    """A mount may use the 29,022 MiB that g2-standard-8 has for pods, and not one MiB more."""
    data = {"p": json.dumps({"annotations": {"gke-gcsfuse/memory-limit": f"{mib}Mi"}})}
    notes = resource("kubernetes:core/v1:ConfigMap", "notes", {"metadata": {"name": "mounts"}, "data": data})

    assert (ask_stack(RULE, stack(_disk_pool(100), notes)) == []) is fits


def test_mount_above_the_memory_of_a_pool_of_prod(graphs: dict[str, Graph]) -> None:
    """In prod, a limit above the memory of l4-serving is a violation on the notes of the team."""
    graph = graphs["prod"]
    node = next(node for node in graph if node.name == "mounts-main.vision-configmap")
    pod = json.loads(node.inputs["data"]["l4-serving"])
    pod["annotations"]["gke-gcsfuse/memory-limit"] = "30000Mi"
    data = {**node.inputs["data"], "l4-serving": json.dumps(pod)}
    broken = dataclasses.replace(node, inputs={**node.inputs, "data": data})

    assert ask_stack(RULE, graph) == []
    ((urn, message),) = ask_stack(RULE, dataclasses.replace(graph, nodes={**graph.nodes, node.urn: broken}))
    assert urn == node.urn
    assert "pool l4-serving needs 30000 MiB of memory, but g2-standard-8 has 29022 MiB for pods" in message
