"""Nodes of the pools of a cluster, as kwok simulates them: sizes, GPUs, labels, taints and zones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from typing import Any, Final

from components._common import GPU
from groundwork.graph import Graph, Node
from stacks.settings.facts.gpu_machines import CPU_MACHINE, GIB_PER_CORE, gpu_machines
from stacks.settings.facts.gpus import partitions
from stacks.settings.model.clusters import Accelerator

NODE_POOL: Final = "cloud.google.com/gke-nodepool"
_EFFECTS: Final = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
# What GKE and the system's pods take of a node, at least; the tests concern placement, not exact sizes.
CPU_RESERVED: Final = 0.1
MEMORY_RESERVED: Final = 0.1


def node_pools(graph: Graph, cluster: str) -> list[Node]:
    """The node pools of a cluster."""
    return [
        node for node in graph if node.type == "gcp:container/nodePool:NodePool" and node.inputs["cluster"] == cluster
    ]


def nodes(graph: Graph, cluster: str) -> Iterator[dict[str, Any]]:
    """Every node of a cluster whose pools have scaled up to their maximum."""
    for pool in node_pools(graph, cluster):
        zones = pool.inputs["nodeLocations"]
        for number, zone in enumerate(islice(cycle(zones), pool.inputs["autoscaling"]["totalMaxNodeCount"])):
            yield _node(pool.inputs, zone, number)


def gpus(pool: Mapping[str, Any]) -> int:
    """The number of GPUs that pods can request of one node of a pool: partitions and clients count."""
    total = 0
    for entry in pool["nodeConfig"].get("guestAccelerators") or []:
        accelerator, partition = Accelerator(entry["type"]), entry.get("gpuPartitionSize")
        clients = (entry.get("gpuSharingConfig") or {}).get("maxSharedClientsPerGpu", 1)
        total += entry["count"] * clients * (partitions(accelerator)[partition] if partition else 1)
    return total


def _node(pool: Mapping[str, Any], zone: str, number: int) -> dict[str, Any]:
    config, name = pool["nodeConfig"], f"{pool['name']}-{number}"
    cores, memory = _size(config["machineType"])
    resources = {
        "cpu": f"{cores * (1 - CPU_RESERVED):.2f}",
        "memory": f"{int(memory * (1 - MEMORY_RESERVED) * 1024)}Mi",
        "ephemeral-storage": f"{config['diskSizeGb']}Gi",
        "pods": "110",
    }
    if count := gpus(pool):
        resources[GPU] = str(count)
    taints = [
        {"key": one["key"], "value": one["value"], "effect": _EFFECTS[one["effect"]]}
        for one in config.get("taints") or []
    ]
    if (pool.get("queuedProvisioning") or {}).get("enabled"):
        # GKE adds it: https://cloud.google.com/kubernetes-engine/docs/how-to/provisioningrequest
        taints.append({"key": "cloud.google.com/gke-queued", "value": "true", "effect": "NoSchedule"})
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "node.kubernetes.io/instance-type": config["machineType"],
                "topology.kubernetes.io/zone": zone,
                "topology.kubernetes.io/region": zone.rpartition("-")[0],
                "cloud.google.com/gce-topology-block": f"{zone}-block",
                "cloud.google.com/gce-topology-subblock": f"{zone}-subblock",
                "cloud.google.com/gce-topology-host": name,
                "iam.gke.io/gke-metadata-server-enabled": "true",
                NODE_POOL: pool["name"],
                **(config.get("labels") or {}),
            },
        },
        "spec": {"taints": taints},
        "status": {"allocatable": resources, "capacity": resources},
    }


def _size(machine: str) -> tuple[int, int]:
    """Cores and GiB of memory."""
    if (size := gpu_machines().get(machine)) is not None:
        return size.vcpu, size.memory_gb
    found = CPU_MACHINE.match(machine)
    assert found is not None, machine
    cores = int(found[2])
    return cores, cores * GIB_PER_CORE[found[1]]
