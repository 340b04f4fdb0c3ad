"""Compute classes whose pools do not fit them: every priority must be able to run the pods of its class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import CloudContext, each
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.unknown import known_items, known_keys, until_unknown
from stacks.settings.model.gpu_pools import Capacity, ComputeClass, GpuPool

# https://cloud.google.com/kubernetes-engine/docs/how-to/node-attributes-compute-classes
RESERVED_PREFIXES: Final = ("gke", "autopilot")
CREATED: Final = (Capacity.SPOT, Capacity.ON_DEMAND)


def keys(context: CloudContext) -> Iterator[Problem]:
    """Classes whose names are taken: pools and classes become flavors of the queue and names of GKE."""
    for key in known_keys(context.settings.compute_classes):
        here = ("compute_classes", key)
        if key.startswith(RESERVED_PREFIXES):
            yield context.problem(
                here,
                f"the prefix of {key!r} is reserved for GKE's own classes",
                f"not {' or '.join(RESERVED_PREFIXES)}",
            )
        elif key == "cpu":
            yield context.problem(here, "'cpu' is the queue's name for machines without a GPU", "another key")
        elif key in known_keys(context.settings.gpu_pools):
            yield context.problem(here, f"{key!r} is also a GPU pool", "another key")


def check(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one compute class and its pools."""
    yield from each(context, context.settings.compute_classes, _priorities, _same_gpu, _create_pools, _pool_limits)


def _priorities(context: CloudContext, name: str, compute_class: ComputeClass) -> Iterator[Problem]:
    for index, key in known_items(compute_class.priorities):
        here = ("compute_classes", name, "priorities", index)
        for part in (_queued, _other_class, _class_clusters, _pool_clusters):
            yield from until_unknown(part(context, name, here, key))


def _queued(context: CloudContext, _: str, here: Place, key: str) -> Iterator[Problem]:
    if context.settings.gpu_pools[key].capacity is Capacity.QUEUED:
        yield context.problem(
            here,
            f"pool {key!r} is queued: its machines are created for requests of the queue only",
            "a flex-start pool",
        )


def _other_class(context: CloudContext, name: str, here: Place, key: str) -> Iterator[Problem]:
    if (first := context.settings.class_of(key)) not in (None, name):
        yield context.problem(here, f"pool {key!r} is already in compute class {first!r}", "a pool has one class")


def _class_clusters(context: CloudContext, name: str, here: Place, key: str) -> Iterator[Problem]:
    pool_clusters = list(context.settings.gpu_pools[key].clusters)
    for cluster in list(context.settings.compute_classes[name].clusters):
        if cluster not in pool_clusters:
            where = key_path(("gpu_pools", key, "clusters"))
            yield context.problem(here, f"pool {key!r} is not in cluster {cluster!r}", f"add {cluster} to {where}")


def _pool_clusters(context: CloudContext, name: str, here: Place, key: str) -> Iterator[Problem]:
    class_clusters = list(context.settings.compute_classes[name].clusters)
    for cluster in list(context.settings.gpu_pools[key].clusters):
        if cluster not in class_clusters:
            where = key_path(("compute_classes", name, "clusters"))
            yield context.problem(
                here, f"pool {key!r} is in cluster {cluster!r}, but the class is not", f"add {cluster} to {where}"
            )


def _same_gpu(context: CloudContext, name: str, compute_class: ComputeClass) -> Iterator[Problem]:
    """A pod that requests one GPU must get the same kind from every priority."""
    first = compute_class.priorities[0]
    expected = _gpu(context.settings.gpu_pools[first])
    for index, key in known_items(compute_class.priorities):
        yield from until_unknown(
            _other_gpu(context, ("compute_classes", name, "priorities", index), key, first, expected)
        )


def _other_gpu(context: CloudContext, here: Place, key: str, first: str, expected: str) -> Iterator[Problem]:
    if (gpu := _gpu(context.settings.gpu_pools[key])) != expected:
        yield context.problem(
            here,
            f"a GPU of pool {key!r} is {gpu}, and one of {first!r} is {expected}",
            "all priorities of a class have the same GPU",
        )


def _gpu(pool: GpuPool) -> str:
    """What a pod gets that requests one GPU of a pool."""
    part = "" if pool.partition is None else f" in partitions of {pool.partition}"
    shared = "" if pool.sharing is None else f" shared by {pool.sharing.clients} ({pool.sharing.strategy.value})"
    return f"{pool.accelerator.value}{part}{shared}"


def _create_pools(context: CloudContext, name: str, compute_class: ComputeClass) -> Iterator[Problem]:
    """GKE creates pools only after the model of one that its API can describe."""
    if not compute_class.create_pools:
        return
    last = compute_class.priorities[-1]
    pool = context.settings.gpu_pools[last]
    if pool.capacity not in CREATED or pool.partition is not None or pool.sharing is not None:
        yield context.problem(
            ("compute_classes", name, "create_pools"),
            f"GKE cannot create pools like {last!r}, the last priority",
            f"a last priority that is {' or '.join(mode.value for mode in CREATED)}, without partition and sharing",
        )


def _pool_limits(context: CloudContext, name: str, compute_class: ComputeClass) -> Iterator[Problem]:
    """Created pools need a limit in each cluster."""
    if not compute_class.create_pools:
        return
    gpu = context.settings.gpu_pools[compute_class.priorities[-1]].accelerator.value
    for _, key in known_items(compute_class.clusters):
        yield from until_unknown(_pool_limit(context, ("compute_classes", name, "create_pools"), key, gpu))


def _pool_limit(context: CloudContext, here: Place, cluster: str, gpu: str) -> Iterator[Problem]:
    limits = context.settings.clusters[cluster].autoprovisioning
    if limits is None or gpu not in limits.gpus:
        where = key_path(("clusters", cluster, "autoprovisioning", "gpus", gpu))
        yield context.problem(here, f"cluster {cluster!r} has no limit for {gpu}", f"set {where}")
