"""GPUs cost nothing while nobody uses them, and no pool promises more than the project may have.

A pool that cannot shrink to nothing is the dearest mistake that there is; one whose limit is above the project's quota
keeps jobs waiting for machines that never come. The quotas stand in ``policy/policies.yaml``, as the project has them.
Numbers that only an update can tell count as wrong. A machine type that brings GPUs has them, whether or not its pool
says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field

from groundwork.graph import Graph, Node, Placeholder, Value, at
from policy.rules._node_capacity import machine
from policy.rules._rule import Asked, Parameters, StackRule, book

POOL: Final = "gcp:container/nodePool:NodePool"
CLUSTER: Final = "gcp:container/cluster:Cluster"
LEAST: Final = ("autoscaling.minNodeCount", "autoscaling.totalMinNodeCount", "initialNodeCount", "nodeCount")
FILLED_IN: Final = frozenset({"initialNodeCount", "nodeCount"})

Gpus = Annotated[int, Field(ge=0)]


class Quotas(Parameters):
    """How many GPUs a project may have in a region, by region and GKE's name of the GPU.

    Google counts what can be taken away (spot, flex-start and queued machines) apart:
    https://cloud.google.com/compute/resource-usage#gpu_quota.
    """

    regular: Mapping[str, Mapping[str, Gpus]] = Field(default_factory=dict)
    preemptible: Mapping[str, Mapping[str, Gpus]] = Field(default_factory=dict)


def check(graph: Graph, asked: Asked[Quotas]) -> Iterator[tuple[str, str]]:
    """One message for each pool that cannot be empty or has no limit, and one for each quota that pools exceed."""
    sums: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for node in graph:
        accelerators = _accelerators(node)
        if accelerators is None:
            yield node.urn, f"{node.name}: its GPUs are not known before the update; write out type and count"
            continue
        if not accelerators:
            continue
        yield from ((node.urn, message) for message in _empty(node))
        most = _most(node)
        if most is None:
            yield node.urn, f"{node.name} has no limit that is known; set autoscaling.totalMaxNodeCount"
            continue
        region = "-".join(str(node.inputs.get("location")).split("-")[:2])
        for accelerator, count in accelerators.items():
            sums[_kind(node), region, accelerator][node.urn] = most * count
    for (kind, region, accelerator), by_pool in sorted(sums.items()):
        quotas: Mapping[str, Mapping[str, int]] = getattr(asked.parameters, kind)
        quota = quotas.get(region, {}).get(accelerator)
        total = sum(by_pool.values())
        for urn in sorted(by_pool):
            if quota is None:
                place = f"stacks.{graph.stack}.gpu-pools.parameters.{kind}.{region} of policy/policies.yaml"
                yield urn, f"no {kind} quota of {accelerator} in {region} is written down; add it to {place}"
            elif total > quota:
                yield urn, f"pools may grow to {total} {kind} {accelerator} in {region}, and the quota is {quota}"


def _accelerators(node: Node) -> Mapping[str, int] | None:
    """The GPUs of one machine, by their name; nothing for what is no pool of GPUs, None where nobody can say."""
    if node.type != POOL:
        return {}
    found: Value = at(node.inputs, "nodeConfig.guestAccelerators")
    counts: dict[str, int] = {}
    for entry in found if isinstance(found, list | tuple) else ():
        kind, count = (entry.get("type"), entry.get("count")) if isinstance(entry, Mapping) else (None, None)
        if not isinstance(kind, str) or not isinstance(count, int):
            return None
        counts[kind] = counts.get(kind, 0) + count
    return counts or _brought(node)


def _brought(node: Node) -> Mapping[str, int]:
    """The GPUs that the machine type of a pool brings by itself, as far as the price book knows it."""
    found = book().machines.get(machine(node) or "")
    return {} if found is None or found.gpu is None else {found.gpu: int(found.gpus)}


def _empty(node: Node) -> Iterator[str]:
    """What keeps a pool from having no machine."""
    for path in LEAST:
        least = at(node.inputs, path)
        if isinstance(least, Placeholder) and path in FILLED_IN and isinstance(node.inputs.get("autoscaling"), Mapping):
            continue  # the provider's own answer, where the program leaves the number to the autoscaler
        if isinstance(least, Placeholder):
            yield f"{node.name}: {path} is not known before the update; write it out"
        elif least not in (None, 0):
            yield f"{node.name} always has machines with GPUs ({path} is {least}); set it to 0"


def _most(node: Node) -> int | None:
    """The most machines of a pool, in all its zones."""
    total = at(node.inputs, "autoscaling.totalMaxNodeCount")
    if isinstance(total, int | float):
        return int(total)
    each, zones = at(node.inputs, "autoscaling.maxNodeCount"), node.inputs.get("nodeLocations")
    if isinstance(each, int | float) and isinstance(zones, list | tuple):
        return int(each) * len(zones)
    return None


def _kind(node: Node) -> str:
    """The quota that the machines count against. A reservation holds regular quota already, and still counts."""
    config = node.inputs.get("nodeConfig") or {}
    queued = at(node.inputs, "queuedProvisioning.enabled") is True
    fleeting = any(config.get(field) is True for field in ("spot", "preemptible", "flexStart"))
    return "preemptible" if fleeting or queued else "regular"


RULE: Final = StackRule(
    name="gpu-pools",
    description="Pools of GPUs shrink to nothing and stay within the quotas of the project",
    level="mandatory",
    check=check,
    parameters=Quotas,
)
