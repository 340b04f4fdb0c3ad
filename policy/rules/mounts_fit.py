"""What a mount caches fits on the machines on which it is mounted.

Cloud Storage FUSE fills its cache until the node evicts the pod, hours into a training run, and the message names
neither the mount nor the cache. Each ConfigMap ``mounts`` says what a pod with a team's mounts takes of a pool's node;
this rule reckons, from the pool itself, what a node has. What only an update can tell counts as wrong.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from groundwork.graph import Graph, Mark, Node, Value, at
from policy.rules._rule import Asked, Parameters, StackRule

DRIVER: Final = "gcsfuse.csi.storage.gke.io"
GUIDE: Final = "mounts"
ANY: Final = "any"
DISK: Final = "gke-gcsfuse/ephemeral-storage-limit"
VOLUME: Final = "kubernetes:core/v1:PersistentVolume"
CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
POOL: Final = "gcp:container/nodePool:NodePool"
LIMITED: Final = re.compile(r"(?:metadata-cache:(?:stat|type)-cache|file-cache:)-?max-size-mb:(-?\d+)")

GIB: Final = 1024  # MiB
# https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#local_ephemeral_storage_reservation
PARTITION_GIB: Final = 375
SSD_RESERVED_GIB: Final = {1: 50, 2: 75}
SSD_RESERVED_MOST_GIB: Final = 100
EVICTION: Final = 0.10


def check(graph: Graph, _: Asked[Parameters]) -> Iterator[tuple[str, str]]:
    """One message for each mount without a limit, and for each pod that would not fit on a node of its pool."""
    pools = {node.inputs.get("name"): node for node in graph if node.type == POOL}
    for node in graph:
        if node.type == VOLUME and at(node.inputs, "spec.csi.driver") == DRIVER:
            yield from ((node.urn, message) for message in _unlimited(node))
        if node.type == CONFIG_MAP and at(node.inputs, "metadata.name") == GUIDE:
            yield from ((node.urn, message) for message in _guide(node, pools))


def _unlimited(node: Node) -> Iterator[str]:
    """A cache without a size, or with the one that means all there is."""
    options = at(node.inputs, "spec.mountOptions")
    if isinstance(options, Mark) or any(isinstance(option, Mark) for option in options or ()):
        yield f"{node.name}: its options are not known before the update; write them out"
        return
    for option in options or ():
        found = LIMITED.search(option)
        if found is not None and int(found[1]) < 0:
            yield f"{node.name} caches without a limit ({option}); name a size in MiB"


def _guide(node: Node, pools: Mapping[Value, Node]) -> Iterator[str]:
    data = node.inputs.get("data")
    if isinstance(data, Mark):
        yield f"{node.name}: what pods take is not known before the update; write it out"
        return
    for name, text in (data or {}).items():
        if isinstance(text, Mark):
            yield f"{node.name}: what a pod on {name} takes is not known before the update; write it out"
        elif name != ANY and (pool := pools.get(name)) is not None:
            yield from _fits(node, name, _taken(json.loads(text)), _room(pool))


def _fits(node: Node, name: str, taken: int, room: int | None) -> Iterator[str]:
    if room is None:
        yield f"{node.name}: the disk of pool {name} is not known before the update; write it out"
    elif taken > room:
        yield f"{node.name}: a pod on pool {name} takes {taken} MiB of a node's disk, which has {room} for pods"


def _taken(pod: Mapping[str, Any]) -> int:
    """What the driver takes of the node's disk, in MiB."""
    return int(pod["annotations"][DISK].removesuffix("Mi"))


def _room(pool: Node) -> int | None:
    """What pods may have of a node's disk, in MiB; None where that is not known."""
    config = pool.inputs.get("nodeConfig")
    if not isinstance(config, Mapping):
        return None
    partitions = at(config, "ephemeralStorageLocalSsdConfig.localSsdCount")
    size = partitions * PARTITION_GIB if isinstance(partitions, int | float) else config.get("diskSizeGb")
    if isinstance(partitions, Mark) or not isinstance(size, int | float):
        return None
    reserved = (
        SSD_RESERVED_GIB.get(int(partitions), SSD_RESERVED_MOST_GIB)
        if partitions
        else min(0.5 * size, 6 + 0.35 * size, 100)
    )
    return math.floor((size * (1 - EVICTION) - reserved) * GIB)


RULE: Final = StackRule(
    name="mounts-fit",
    description="What mounts cache is limited, and fits on the nodes of its pool",
    level="mandatory",
    check=check,
    parameters=Parameters,
)
