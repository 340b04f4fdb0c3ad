"""The rule `mounts-fit`: the pools of a pod, and the same arithmetic as the settings have."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from groundwork.cost import load
from groundwork.graph import Graph, Node, Placeholder
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
    mib = _node_capacity.memory_mib(name, load())

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


VOLUME = "kubernetes:core/v1:PersistentVolume"


def _volume(options: Any, driver: str = "gcsfuse.csi.storage.gke.io", kind: str = VOLUME) -> Node:
    return resource(kind, "v", {"spec": {"csi": {"driver": driver}, "mountOptions": options}})


@pytest.mark.parametrize(
    ("volume", "text"),
    [
        (_volume(["file-cache:max-size-mb:0"]), ""),
        (_volume(["file-cache:max-size-mb:100", "implicit-dirs"]), ""),
        (_volume(["metadata-cache:ttl-secs:-1"]), ""),
        (_volume(None), ""),
        (_volume(["file-cache:max-size-mb:-1"]), "has a cache without a limit (file-cache:max-size-mb:-1)"),
        (_volume(["file-cache:-max-size-mb:-1"]), "has a cache without a limit"),
        (_volume(["metadata-cache:stat-cache-max-size-mb:-1"]), "has a cache without a limit"),
        (_volume(["metadata-cache:type-cache-max-size-mb:-1"]), "has a cache without a limit"),
        (_volume(["implicit-dirs", "file-cache:max-size-mb:-1"]), "has a cache without a limit"),
        (_volume(Placeholder.UNKNOWN), "its mountOptions are unknown until pulumi up"),
        (_volume(["implicit-dirs", Placeholder.UNKNOWN]), "its mountOptions are unknown until pulumi up"),
        (_volume(["file-cache:max-size-mb:-1"], driver="pd.csi.storage.gke.io"), ""),
        (_volume(["file-cache:max-size-mb:-1"], kind="kubernetes:storage.k8s.io/v1:StorageClass"), ""),
    ],
)
def test_caches_of_volumes_have_a_limit(volume: Node, text: str) -> None:
    """A negative size of a cache, and unknown options, are violations; other drivers and types are ignored."""
    found = ask_stack(RULE, stack(volume))

    assert [(urn, text in message) for urn, message in found] == ([(volume.urn, True)] if text else [])


def _entry(annotations: Any, kind: str = "kubernetes:core/v1:ConfigMap", name: str = "mounts") -> Node:
    data = {"p": json.dumps({"annotations": annotations})}
    return resource(kind, "notes", {"metadata": {"name": name}, "data": data})


DISK = "gke-gcsfuse/ephemeral-storage-limit"
MEMORY = "gke-gcsfuse/memory-limit"
LARGE = {DISK: "999999Mi", MEMORY: "999999Mi"}


def test_disk_and_memory_are_both_reported() -> None:
    """A pod that needs too much of both is two violations on its notes."""
    found = ask_stack(RULE, stack(_disk_pool(100), _entry(LARGE)))

    assert [message.partition(" MiB of ")[2].partition(",")[0] for _, message in found] == ["disk", "memory"]
    assert all(message.startswith("notes: a pod on pool p needs 999999 MiB") for _, message in found)


@pytest.mark.parametrize(
    ("entry", "violations"),
    [
        (_entry({}), 0),
        (_entry({DISK: "1Mi"}), 0),
        (_entry(LARGE, name="other"), 0),
        (_entry(LARGE, kind="kubernetes:core/v1:Secret"), 0),
        (_entry({DISK: "1Gi"}), 1),
        (_entry({DISK: "1"}), 1),
        (_entry({MEMORY: "1Mi0"}), 1),
        (_entry([]), 1),
    ],
)
def test_notes_are_read(entry: Node, violations: int) -> None:
    """Only the ConfigMap `mounts` is read, limits are in MiB, and an invalid entry is one violation."""
    assert len(ask_stack(RULE, stack(_disk_pool(100), entry))) == violations


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (None, []),
        ({}, []),
        (Placeholder.UNKNOWN, ["the needs of pods are unknown until pulumi up"]),
        ({"p": Placeholder.UNKNOWN}, ["the needs of a pod on pool p are unknown until pulumi up"]),
        ({"q": "no JSON"}, []),
        ({"p": "no JSON"}, ["the entry of pool p is not valid JSON"]),
        ({"p": "[]"}, ["the entry of pool p is not a map with annotations"]),
        ({"p": "{}"}, []),
        ({"p": "no JSON", "r": Placeholder.UNKNOWN}, ["the entry of pool p", "a pod on pool r"]),
    ],
)
def test_invalid_notes_are_reported(data: Any, texts: list[str]) -> None:
    """Unknown and invalid entries are violations; entries of pools that do not exist are ignored."""
    notes = resource("kubernetes:core/v1:ConfigMap", "notes", {"metadata": {"name": "mounts"}, "data": data})
    messages = [message for _, message in ask_stack(RULE, stack(_disk_pool(100), notes))]

    assert len(messages) == len(texts)
    assert all(text in message for message, text in zip(messages, texts, strict=True))


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (Placeholder.UNKNOWN, "the disk of pool p is unknown until pulumi up"),
        ({"machineType": "g2-standard-8", "diskSizeGb": Placeholder.UNKNOWN}, "the disk of pool p is unknown"),
        (
            {
                "machineType": "g2-standard-8",
                "diskSizeGb": 2000,
                "ephemeralStorageLocalSsdConfig": {"localSsdCount": Placeholder.UNKNOWN},
            },
            "the disk of pool p is unknown",
        ),
        (None, "the disk of pool p is unknown"),
    ],
)
def test_unknown_disk_is_reported(config: Any, text: str) -> None:
    """A pod with a limit of disk needs a known disk."""
    node = resource("gcp:container/nodePool:NodePool", "p", {"name": "p", "nodeConfig": config})
    ((_, message),) = ask_stack(RULE, stack(node, _entry({DISK: "1Mi"})))

    assert text in message


def _pool_of(machine: str) -> Node:
    config = {"machineType": machine, "diskSizeGb": 100}
    return resource("gcp:container/nodePool:NodePool", "p", {"name": "p", "nodeConfig": config})


def test_machines_without_a_price_have_a_size() -> None:
    """The memory of a machine type is compared whether or not the price book has its price."""
    unpriced = sorted(load().unpriced_machines)

    assert "a4-highgpu-8g" in unpriced
    ((_, message),) = ask_stack(RULE, stack(_pool_of("a4-highgpu-8g"), _entry({MEMORY: "4000000Mi"})))
    assert "a4-highgpu-8g has 3974945 MiB for pods" in message


def test_unknown_machine_names_the_files_to_edit() -> None:
    """A machine type that no file lists is a violation."""
    ((_, message),) = ask_stack(RULE, stack(_pool_of("m9-new-4"), _entry({MEMORY: "1Mi"})))

    assert message == (
        "notes: the memory of m9-new-4 (pool p) is unknown: list the machine type in "
        "groundwork/cost/gpu_machines.yaml, or in groundwork/cost/machines.yaml where it has no GPUs"
    )


# GKE reserves 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112 and 2 % above, and
# 100 MiB for evictions.
@pytest.mark.parametrize(
    ("gib", "mib"), [(2, 1436), (4, 2972), (8, 6248), (16, 13_621), (128, 121_428), (256, 249_878)]
)
def test_memory_capacity_is_that_of_the_documentation(gib: int, mib: int) -> None:
    """The capacity of memory is computed by hand from GKE's documentation."""
    assert _node_capacity.allocatable_mib(gib) == mib
