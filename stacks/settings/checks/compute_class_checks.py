"""Compute classes and what clusters may grow to, held against the pools: every rung can be stepped on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.facts.gpu_machines import gpu_machines
from stacks.settings.model.clusters import Autoprovisioning
from stacks.settings.model.gpu_pools import Capacity, ComputeClass, GpuPool

# https://cloud.google.com/kubernetes-engine/docs/how-to/node-attributes-compute-classes
TAKEN_PREFIXES: Final = ("gke", "autopilot")
CREATED: Final = (Capacity.SPOT, Capacity.ON_DEMAND)


def check(draft: Draft) -> Iterator[Problem]:
    """Every class with a rung that its pods can never reach, and every limit below what is declared."""
    yield from _names(draft)
    for name, ladder in sorted(draft.compute_classes.items()):
        for index, rung in enumerate(ladder.priorities):
            if (pool := draft.gpu_pools.get(rung)) is not None:
                here = ("compute_classes", name, "priorities", index)
                yield from _rung(draft, name, here, rung, pool)
        yield from _alike(draft, name, ladder)
        yield from _created(draft, name, ladder)
    for name, cluster in draft.clusters.items():
        if cluster.autoprovisioning is not None:
            yield from _limits(draft, name, cluster.autoprovisioning)


def _names(draft: Draft) -> Iterator[Problem]:
    """A pool and a class become flavors of the queue and names of GKE: no two are called the same."""
    for key in draft.well_formed("compute_classes"):
        if key.startswith(TAKEN_PREFIXES):
            yield draft.problem(
                ("compute_classes", key),
                f"{key!r} begins as GKE's own classes do",
                f"not {' or '.join(TAKEN_PREFIXES)}",
            )
        elif key == "cpu" or key in draft.keys.get("gpu_pools", ()):
            what = "what the queue calls machines without a GPU" if key == "cpu" else "also a GPU pool"
            yield draft.problem(("compute_classes", key), f"{key!r} is {what}", "another key")


def _rung(draft: Draft, name: str, here: Place, rung: str, pool: GpuPool) -> Iterator[Problem]:
    ladder = draft.compute_classes[name]
    if pool.capacity is Capacity.QUEUED:
        yield draft.problem(
            here, f"pool {rung!r} is queued, and gives machines only to who asks through the queue", "a flex-start pool"
        )
    if (first := draft.class_of(rung)) not in (None, name):
        yield draft.problem(here, f"pool {rung!r} is a rung of compute class {first!r} already", "a pool has one class")
    if any(draft.lacks("clusters", cluster) for cluster in (*ladder.clusters, *pool.clusters)):
        return  # that is told already, and either may mean the other's
    for cluster in ladder.clusters:
        if cluster not in pool.clusters:
            where = key_path(("gpu_pools", rung, "clusters"))
            yield draft.problem(here, f"pool {rung!r} is not in cluster {cluster!r}", f"add {cluster} to {where}")
    for cluster in pool.clusters:
        if cluster not in ladder.clusters:
            where = key_path(("compute_classes", name, "clusters"))
            yield draft.problem(
                here, f"pool {rung!r} is in cluster {cluster!r}, and the class is not", f"add {cluster} to {where}"
            )


def _alike(draft: Draft, name: str, ladder: ComputeClass) -> Iterator[Problem]:
    """A pod that asks for one GPU must get the same on every rung."""
    pools = {rung: draft.gpu_pools[rung] for rung in ladder.priorities if rung in draft.gpu_pools}
    if ladder.priorities[0] not in pools:
        return
    first = _gpu(pools[ladder.priorities[0]])
    for index, rung in enumerate(ladder.priorities):
        if rung in pools and (other := _gpu(pools[rung])) != first:
            yield draft.problem(
                ("compute_classes", name, "priorities", index),
                f"a GPU of pool {rung!r} is {other}, and one of {ladder.priorities[0]!r} is {first}",
                "all priorities of a class carry the same",
            )


def _gpu(pool: GpuPool) -> str:
    """What a pod gets that asks this pool for one GPU."""
    part = "" if pool.partition is None else f" in parts of {pool.partition}"
    shared = "" if pool.sharing is None else f" shared by {pool.sharing.clients} ({pool.sharing.strategy.value})"
    return f"{pool.accelerator.value}{part}{shared}"


def _created(draft: Draft, name: str, ladder: ComputeClass) -> Iterator[Problem]:
    """Pools that a cluster makes by itself need a model that GKE can be told, and limits."""
    pool = draft.gpu_pools.get(ladder.priorities[-1])
    if not ladder.create_pools or pool is None:
        return
    here = ("compute_classes", name, "create_pools")
    if pool.capacity not in CREATED or pool.partition is not None or pool.sharing is not None:
        yield draft.problem(
            here,
            f"no pool is made like {ladder.priorities[-1]!r}, the last rung",
            f"a last rung that is {' or '.join(mode.value for mode in CREATED)}, neither cut nor shared",
        )
    for key in ladder.clusters:
        cluster = draft.clusters.get(key)
        limits = None if cluster is None else cluster.autoprovisioning
        if cluster is not None and (limits is None or pool.accelerator.value not in limits.gpus):
            where = key_path(("clusters", key, "autoprovisioning", "gpus", pool.accelerator.value))
            yield draft.problem(here, f"cluster {key!r} has no limit for {pool.accelerator.value}", f"set {where}")


def _limits(draft: Draft, name: str, limits: Autoprovisioning) -> Iterator[Problem]:
    """The limits hold for declared pools too: below what these may grow to, they stop before their max_nodes."""
    pools = [pool for pool in draft.gpu_pools.values() if name in pool.clusters and pool.machine_type in gpu_machines()]
    machines = [(pool.max_nodes, gpu_machines()[pool.machine_type]) for pool in pools]
    grown: dict[Place, tuple[int, int, str]] = {
        ("cpu",): (sum(nodes * machine.vcpu for nodes, machine in machines), limits.cpu, "cores"),
        ("memory_gib",): (sum(nodes * machine.memory_gb for nodes, machine in machines), limits.memory_gib, "GiB"),
    }
    for accelerator, most in limits.gpus.items():
        gpus = sum(nodes * machine.gpus for nodes, machine in machines if machine.accelerator.value == accelerator)
        grown["gpus", accelerator] = (gpus, most, accelerator)
    for place, (needed, most, what) in grown.items():
        if needed > most:
            yield draft.problem(
                ("clusters", name, "autoprovisioning", *place),
                f"{most} is less than the {needed} {what} to which the cluster's GPU pools may grow",
                f"at least {needed}",
            )
