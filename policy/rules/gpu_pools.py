"""The rule `gpu-pools`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import Field

from groundwork.cost.resource_types import POOL
from groundwork.graph import Graph, Node, Placeholder, Value, at
from policy.prices import book
from policy.rules._node_capacity import machine_type
from policy.rules._rule import Context, Parameters, StackRule

# Inputs that keep nodes in a pool, and those of them that the provider completes.
NODE_COUNTS: Final = ("autoscaling.minNodeCount", "autoscaling.totalMinNodeCount", "initialNodeCount", "nodeCount")
COMPLETED: Final = frozenset({"initialNodeCount", "nodeCount"})
PREEMPTIBLE: Final = ("spot", "preemptible", "flexStart")  # fields of nodeConfig

Gpus = Annotated[int, Field(ge=0)]


class Quotas(Parameters):
    """GPU quotas of the project, by region and GKE's name of the GPU.

    Google has a separate quota for preemptible GPUs (spot, flex-start and queued):
    https://cloud.google.com/compute/resource-usage#gpu_quota.
    """

    regular: Mapping[str, Mapping[str, Gpus]] = Field(default_factory=dict)
    preemptible: Mapping[str, Mapping[str, Gpus]] = Field(default_factory=dict)


def check(graph: Graph, context: Context[Quotas]) -> Iterator[tuple[str, str]]:
    """One message for each pool that cannot scale to zero or has no maximum, and for each pool of an exceeded quota."""
    gpus: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)  # by quota, then by URN of the pool
    for node in graph.of_type(POOL):
        accelerators = _accelerators(node)
        if accelerators is None:
            yield node.urn, f"{node.name}: its GPUs are unknown until pulumi up: write accelerator and count as values"
            continue
        if not accelerators:
            continue
        yield from ((node.urn, message) for message in _always_on(node))
        max_nodes = _max_nodes(node)
        if max_nodes is None:
            yield node.urn, f"{node.name} has no known maximum: set max_nodes (autoscaling.totalMaxNodeCount)"
            continue
        region = "-".join(str(node.inputs.get("location")).split("-")[:2])
        for accelerator, count in accelerators.items():
            gpus[_quota(node), region, accelerator][node.urn] = max_nodes * count
    for (kind, region, accelerator), by_pool in sorted(gpus.items()):
        quotas: Mapping[str, Mapping[str, int]] = getattr(context.parameters, kind)
        quota = quotas.get(region, {}).get(accelerator)
        total = sum(by_pool.values())
        for urn in sorted(by_pool):
            if quota is None:
                place = f"stacks.{graph.stack}.gpu-pools.parameters.{kind}.{region} in policy/policies.yaml"
                yield urn, f"the {kind} quota of {accelerator} in {region} is unknown: add it to {place}"
            elif total > quota:
                gpus_in_region = f"{total} {kind} {accelerator} in {region}"
                yield urn, f"pools can grow to {gpus_in_region}, above the quota of {quota}: lower max_nodes"


def _accelerators(node: Node) -> Mapping[str, int] | None:
    """The GPUs of one machine, by name; empty for a pool without GPUs, None where they are unknown."""
    entries: Value = at(node.inputs, "nodeConfig.guestAccelerators")
    counts: dict[str, int] = {}
    for entry in entries if isinstance(entries, list | tuple) else ():
        kind, count = (entry.get("type"), entry.get("count")) if isinstance(entry, Mapping) else (None, None)
        if not isinstance(kind, str) or not isinstance(count, int):
            return None
        counts[kind] = counts.get(kind, 0) + count
    return counts or _built_in(node)


def _built_in(node: Node) -> Mapping[str, int]:
    """The GPUs that belong to the machine type of a pool, where the price book has the type."""
    machine = book().machines.get(machine_type(node) or "")
    return {} if machine is None or machine.gpu is None else {machine.gpu: int(machine.gpus)}


def _always_on(node: Node) -> Iterator[str]:
    """What keeps a pool from scaling to zero."""
    for path in NODE_COUNTS:
        nodes = at(node.inputs, path)
        if isinstance(nodes, Placeholder):
            # The provider completes a count that the program leaves to the autoscaler.
            if path not in COMPLETED or not isinstance(node.inputs.get("autoscaling"), Mapping):
                yield f"{node.name}: {path} is unknown until pulumi up: write it as a number"
        elif nodes not in (None, 0):
            yield f"{node.name} always has GPU machines ({path} is {nodes}): set it to 0"


def _max_nodes(node: Node) -> int | None:
    """The largest number of machines of a pool, in all its zones."""
    total = at(node.inputs, "autoscaling.totalMaxNodeCount")
    if isinstance(total, int | float):
        return int(total)
    per_zone, zones = at(node.inputs, "autoscaling.maxNodeCount"), node.inputs.get("nodeLocations")
    if isinstance(per_zone, int | float) and isinstance(zones, list | tuple):
        return int(per_zone) * len(zones)
    return None


def _quota(node: Node) -> str:
    """The quota that the machines count against. Reserved machines use regular quota."""
    config = node.inputs.get("nodeConfig") or {}
    queued = at(node.inputs, "queuedProvisioning.enabled") is True
    return "preemptible" if queued or any(config.get(field) is True for field in PREEMPTIBLE) else "regular"


RULE: Final = StackRule(
    name="gpu-pools",
    description="GPU pools scale to zero and stay within the quotas of the project",
    why="""
        A GPU pool that cannot scale to zero is the most expensive mistake of a platform; with a maximum above
        the project's quota, jobs wait for machines that cannot be created. The quotas are parameters of the
        rule in `policy/policies.yaml`. Unknown numbers count as violations. A machine type with built-in GPUs
        counts with them, even where its pool does not list them.
        """,
    level="mandatory",
    check=check,
    parameters=Quotas,
)
