"""The rule `mounts-fit`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from groundwork.cost.nodes import cluster_of, pools, pools_of
from groundwork.graph import Graph, Node, Placeholder, at
from policy.prices import book
from policy.rules import _node_capacity
from policy.rules._rule import Context, Parameters, StackRule

DRIVER: Final = "gcsfuse.csi.storage.gke.io"
NOTES: Final = "mounts"  # the name of the ConfigMap with the needs of a pod on each pool
DISK: Final = "gke-gcsfuse/ephemeral-storage-limit"
MEMORY: Final = "gke-gcsfuse/memory-limit"
VOLUME: Final = "kubernetes:core/v1:PersistentVolume"
CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
# Where machine types are listed.
MACHINES: Final = "groundwork/cost/gpu_machines.yaml, or in groundwork/cost/machines.yaml where it has no GPUs"
MIB: Final = re.compile(r"\d+Mi")
MAX_SIZE: Final = re.compile(r"(?:metadata-cache:(?:stat|type)-cache|file-cache:)-?max-size-mb:(-?\d+)")


class NotesError(Exception):
    """The needs of a pod are not valid; the message continues a sentence about them."""


class MountsFit(Parameters):
    """No parameters: the memory of machine types is in the files of the price book."""

    REMOVED: ClassVar[Mapping[str, str]] = {"memory_gib": f"list the machine type in {MACHINES}"}


def check(graph: Graph, _: Context[MountsFit]) -> Iterator[tuple[str, str]]:
    """One message for each cache without a limit, and for each pod whose mounts do not fit on a node of its pool."""
    for node in graph:
        if node.type == VOLUME and at(node.inputs, "spec.csi.driver") == DRIVER:
            yield from ((node.urn, message) for message in _unlimited(node))
        if node.type == CONFIG_MAP and at(node.inputs, "metadata.name") == NOTES:
            yield from ((node.urn, message) for message in _too_large(node, _pools(node, graph)))


def _pools(node: Node, graph: Graph) -> list[Node]:
    """The pools of the object's cluster; all pools where its cluster is unknown."""
    cluster = cluster_of(node, graph)
    return list(pools(graph) if cluster is None else pools_of(cluster, graph))


def _unlimited(node: Node) -> Iterator[str]:
    """Caches with a negative size, which means no limit."""
    options = at(node.inputs, "spec.mountOptions")
    if isinstance(options, Placeholder) or any(isinstance(option, Placeholder) for option in options or ()):
        yield f"{node.name}: its mountOptions are unknown until pulumi up: write each option as text"
        return
    for option in options or ():
        size = MAX_SIZE.search(option)
        if size is not None and int(size[1]) < 0:
            yield (
                f"{node.name} has a cache without a limit ({option}): set file_cache_mib or stat_cache_mib of the mount"
            )


def _too_large(node: Node, candidates: list[Node]) -> Iterator[str]:
    data = node.inputs.get("data")
    if isinstance(data, Placeholder):
        yield f"{node.name}: the needs of pods are unknown until pulumi up: write data as text"
        return
    for name, text in (data or {}).items():
        if isinstance(text, Placeholder):
            yield f"{node.name}: the needs of a pod on pool {name} are unknown until pulumi up: write them as text"
        elif named := [pool for pool in candidates if pool.inputs.get("name") == name]:
            try:
                pod = _pod(text)
            except NotesError as error:
                yield f"{node.name}: the entry of pool {name} {error}"
                continue
            for pool in named:
                yield from (f"{node.name}: {message}" for message in _disk(name, pod, pool))
                yield from (f"{node.name}: {message}" for message in _memory(name, pod, pool))


def _pod(text: str) -> Mapping[str, str]:
    """The annotations of a pod; raises `NotesError`."""
    try:
        pod = json.loads(text)
    except json.JSONDecodeError:
        raise NotesError("is not valid JSON") from None
    annotations = pod.get("annotations", {}) if isinstance(pod, Mapping) else None
    if not isinstance(annotations, Mapping):
        raise NotesError("is not a map with annotations")
    for key in (DISK, MEMORY):
        if key in annotations and not MIB.fullmatch(str(annotations[key])):
            raise NotesError(f"has {annotations[key]} for {key}: write it in MiB, such as 512Mi")
    return annotations


def _disk(name: str, pod: Mapping[str, str], pool: Node) -> Iterator[str]:
    """The node's disk that the driver uses, where it has a limit."""
    needed, capacity = _needed(pod, DISK), _node_capacity.disk_mib(pool)
    if needed is None:
        return
    if capacity is None:
        yield f"the disk of pool {name} is unknown until pulumi up: set disk_gb of the pool"
    elif needed > capacity:
        yield (
            f"a pod on pool {name} needs {needed} MiB of disk, but a node has {capacity} MiB for pods: "
            "lower file_cache_mib of the mounts, or raise disk_gb or the local SSDs of the pool"
        )


def _memory(name: str, pod: Mapping[str, str], pool: Node) -> Iterator[str]:
    """The node's memory that the driver uses, including caches in memory, where it has a limit."""
    needed = _needed(pod, MEMORY)
    if needed is None:
        return
    machine = _node_capacity.machine_type(pool)
    if machine is None:
        yield f"the machine type of pool {name} is unknown until pulumi up: set machine_type of the pool"
    elif (capacity := _node_capacity.memory_mib(machine, book())) is None:
        yield f"the memory of {machine} (pool {name}) is unknown: list the machine type in {MACHINES}"
    elif needed > capacity:
        yield (
            f"a pod on pool {name} needs {needed} MiB of memory, but {machine} has {capacity} MiB for pods: "
            "lower stat_cache_mib or file_cache_mib of the mounts, or use a larger machine_type"
        )


def _needed(pod: Mapping[str, str], annotation: str) -> int | None:
    """MiB that a pod's driver may use; None where it has no limit."""
    size = pod.get(annotation)
    return None if size is None else int(size.removesuffix("Mi"))


RULE: Final = StackRule(
    name="mounts-fit",
    description="Caches of mounts have a limit and fit on the nodes of their pool",
    why="""
        Cloud Storage FUSE fills its cache until the node evicts the pod, hours into a training run, and the
        message names neither the mount nor the cache; a driver with a memory request above that of any node is
        never scheduled. The ConfigMap `mounts` of a team has the needs of a pod on each pool; the rule computes
        from the pool what a node has for pods. Unknown values count as violations.
        """,
    level="mandatory",
    check=check,
    parameters=MountsFit,
)
