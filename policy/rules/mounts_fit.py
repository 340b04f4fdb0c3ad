"""What a mount caches fits on the machines on which it is mounted.

Cloud Storage FUSE fills its cache until the node evicts the pod, hours into a training run, and the message names
neither the mount nor the cache; a driver that asks for more memory than any node has is never scheduled. Each ConfigMap
``mounts`` says what a pod with a team's mounts takes of a pool's node; this rule reckons, from the pool itself, what a
node has. What only an update can tell counts as wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field

from groundwork.cost.nodes import cluster_of, pools, pools_of
from groundwork.graph import Graph, Node, Placeholder, at
from policy.rules import _node_capacity
from policy.rules._rule import Asked, Parameters, StackRule, book

DRIVER: Final = "gcsfuse.csi.storage.gke.io"
GUIDE: Final = "mounts"
DISK: Final = "gke-gcsfuse/ephemeral-storage-limit"
MEMORY: Final = "gke-gcsfuse/memory-limit"
VOLUME: Final = "kubernetes:core/v1:PersistentVolume"
CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
SIZE: Final = re.compile(r"\d+Mi")
LIMITED: Final = re.compile(r"(?:metadata-cache:(?:stat|type)-cache|file-cache:)-?max-size-mb:(-?\d+)")


class GuideError(Exception):
    """What a pod takes cannot be read; the message says why."""


class Machines(Parameters):
    """GiB of memory of machine types that the price book does not know, by their names."""

    memory_gib: Mapping[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)


def check(graph: Graph, asked: Asked[Machines]) -> Iterator[tuple[str, str]]:
    """One message for each mount without a limit, and for each pod that would not fit on a node of its pool."""
    for node in graph:
        if node.type == VOLUME and at(node.inputs, "spec.csi.driver") == DRIVER:
            yield from ((node.urn, message) for message in _unlimited(node))
        if node.type == CONFIG_MAP and at(node.inputs, "metadata.name") == GUIDE:
            yield from ((node.urn, message) for message in _guide(node, _pools(node, graph), asked.parameters))


def _pools(node: Node, graph: Graph) -> list[Node]:
    """The pools of the object's cluster, or all where nobody says which cluster it is in."""
    cluster = cluster_of(node, graph)
    return list(pools(graph) if cluster is None else pools_of(cluster, graph))


def _unlimited(node: Node) -> Iterator[str]:
    """A cache without a size, or with the one that means all there is."""
    options = at(node.inputs, "spec.mountOptions")
    if isinstance(options, Placeholder) or any(isinstance(option, Placeholder) for option in options or ()):
        yield f"{node.name}: its options are not known before the update; write them out"
        return
    for option in options or ():
        found = LIMITED.search(option)
        if found is not None and int(found[1]) < 0:
            yield f"{node.name} caches without a limit ({option}); name a size in MiB"


def _guide(node: Node, found: list[Node], machines: Machines) -> Iterator[str]:
    data = node.inputs.get("data")
    if isinstance(data, Placeholder):
        yield f"{node.name}: what pods take is not known before the update; write it out"
        return
    for name, text in (data or {}).items():
        if isinstance(text, Placeholder):
            yield f"{node.name}: what a pod on {name} takes is not known before the update; write it out"
        elif named := [pool for pool in found if pool.inputs.get("name") == name]:
            try:
                pod = _pod(text)
            except GuideError as error:
                yield f"{node.name}: what a pod on {name} takes {error}"
                continue
            for pool in named:
                yield from (f"{node.name}: {message}" for message in _disk(name, pod, pool))
                yield from (f"{node.name}: {message}" for message in _memory(name, pod, pool, machines))


def _pod(text: str) -> Mapping[str, str]:
    """The annotations of a pod; raises `GuideError` for what cannot be read."""
    try:
        pod = json.loads(text)
    except json.JSONDecodeError:
        raise GuideError("is no JSON") from None
    annotations = pod.get("annotations", {}) if isinstance(pod, Mapping) else None
    if not isinstance(annotations, Mapping):
        raise GuideError("is no map with annotations")
    for key in (DISK, MEMORY):
        if key in annotations and not SIZE.fullmatch(str(annotations[key])):
            raise GuideError(f"has {annotations[key]} for {key}; write it in MiB, as 512Mi")
    return annotations


def _disk(name: str, pod: Mapping[str, str], pool: Node) -> Iterator[str]:
    """What the driver takes of the node's disk, where it says that it takes something."""
    taken, room = _taken(pod, DISK), _node_capacity.disk(pool)
    if taken is None:
        return
    if room is None:
        yield f"the disk of pool {name} is not known before the update; write it out"
    elif taken > room:
        yield f"a pod on pool {name} takes {taken} MiB of a node's disk, which has {room} for pods"


def _memory(name: str, pod: Mapping[str, str], pool: Node, machines: Machines) -> Iterator[str]:
    """What the driver takes of the node's memory, caches that lie there included."""
    taken = _taken(pod, MEMORY)
    if taken is None:
        return
    machine = _node_capacity.machine(pool)
    if machine is None:
        yield f"the machine type of pool {name} is not known before the update; write it out"
    elif (room := _node_capacity.memory(machine, book(), machines.memory_gib)) is None:
        place = "rules.mounts-fit.parameters.memory_gib of policy/policies.yaml"
        yield f"the memory of {machine}, of which pool {name} is made, is nowhere written down; add it to {place}"
    elif taken > room:
        yield f"a pod on pool {name} takes {taken} MiB of a node's memory, and {machine} has {room} for pods"


def _taken(pod: Mapping[str, str], what: str) -> int | None:
    """MiB that a pod's driver takes; None where it does not say."""
    found = pod.get(what)
    return None if found is None else int(found.removesuffix("Mi"))


RULE: Final = StackRule(
    name="mounts-fit",
    description="What mounts cache is limited, and fits on the nodes of its pool",
    level="mandatory",
    check=check,
    parameters=Machines,
)
