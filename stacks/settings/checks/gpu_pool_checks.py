"""GPU pools that Google Cloud does not offer: values of one pool that exclude each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import CloudContext, each, known_values
from stacks.settings.core.problems import Place, Problem
from stacks.settings.core.unknown import known_items, known_or
from stacks.settings.facts.gpu_machines import GpuMachine, gpu_machines, nearest
from stacks.settings.facts.gpus import known_on, offered, partitions
from stacks.settings.model.gpu_pools import Capacity, GpuPool

RUN_LIMITED: Final = (Capacity.FLEX_START, Capacity.QUEUED)

# A reservation has its own placement, flex-start and queued machines come from any place that has some:
# https://cloud.google.com/kubernetes-engine/docs/how-to/compact-placement
PLACEABLE: Final = (Capacity.ON_DEMAND, Capacity.SPOT)

# Machines whose physical location GKE writes to node labels, from which Kueue reads it:
# https://cloud.google.com/ai-hypercomputer/docs/workloads/schedule-gke-workloads-tas
WITH_TOPOLOGY: Final = ("a3-highgpu-8g", "a3-megagpu-8g", "a3-ultragpu-8g", "a3-ultragpu-8g-nolssd", "a4-highgpu-8g")


def check(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one pool."""
    yield from each(
        context,
        context.settings.gpu_pools,
        _reservation,
        _max_run_hours,
        _machine,
        _gpu_count,
        _local_ssd,
        _local_ssd_partitions,
        _partition,
        _offered_zones,
        _cluster_zones,
        _placement_capacity,
        _placement_zones,
        _topology,
    )


def _reservation(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    yield from _of_capacity(
        context,
        ("gpu_pools", name, "reservation"),
        pool.capacity,
        (Capacity.RESERVED,),
        "the reservation whose machines the pool uses",
        given=pool.reservation is not None,
    )


def _max_run_hours(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    yield from _of_capacity(
        context,
        ("gpu_pools", name, "max_run_hours"),
        pool.capacity,
        RUN_LIMITED,
        "the hours after which a machine is removed, 1 to 168",
        given=pool.max_run_hours is not None,
    )


def _of_capacity(
    context: CloudContext, place: Place, capacity: Capacity, where: tuple[Capacity, ...], what: str, *, given: bool
) -> Iterator[Problem]:
    """The problem, if any, with a field that some capacities require and the others exclude."""
    if given and capacity not in where:
        names = " or ".join(mode.value for mode in where)
        yield context.problem(place, f"cannot be set for {capacity.value} machines", f"omit it, or capacity: {names}")
    elif not given and capacity in where:
        yield context.problem(place, f"is missing: {capacity.value} machines need it", what)


def _known_machine(pool: GpuPool) -> GpuMachine | None:
    """The machine of a pool, where it is known and has the pool's GPU."""
    machine = gpu_machines().get(pool.machine_type)
    return None if machine is None or machine.accelerator is not pool.accelerator else machine


def _machine(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    if _known_machine(pool) is None:
        yield context.problem(
            ("gpu_pools", name, "machine_type"),
            f"{pool.machine_type} has no {pool.accelerator.value}",
            nearest(pool.accelerator, known_or(lambda: pool.accelerators_per_node, 1)),
        )


def _gpu_count(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    machine, gpus = _known_machine(pool), pool.accelerators_per_node
    if machine is not None and machine.gpus != gpus:
        yield context.problem(
            ("gpu_pools", name, "accelerators_per_node"),
            f"{pool.machine_type} has {machine.gpus} {pool.accelerator.value}, not {gpus}",
            nearest(pool.accelerator, gpus),
        )


def _local_ssd(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    machine = _known_machine(pool)
    if machine is None or machine.local_ssds or pool.local_ssd is None:
        return
    others = [
        f"{other_name} has {', '.join(str(count) for count in other.local_ssds)}"
        for other_name, other in gpu_machines().items()
        if other.accelerator is machine.accelerator and other.gpus == machine.gpus and other.local_ssds
    ]
    yield context.problem(
        ("gpu_pools", name, "local_ssd"), f"{pool.machine_type} has no local SSD", "; ".join(others) or "omit it"
    )


def _local_ssd_partitions(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    machine = _known_machine(pool)
    if machine is None or not machine.local_ssds or pool.local_ssd is None:
        return
    here: Place = ("gpu_pools", name, "local_ssd", "partitions")
    count, possible = pool.local_ssd.partitions, machine.local_ssds
    if count is None:
        if not machine.local_ssd:
            yield context.problem(
                here, f"is missing: {pool.machine_type} includes no local SSD", _alternatives(possible)
            )
    elif count not in possible:
        distance = min(abs(other - count) for other in possible)
        close = [other for other in possible if abs(other - count) == distance]
        verb = "includes" if machine.local_ssd else "supports"
        yield context.problem(
            here,
            f"{pool.machine_type} {verb} {_alternatives(possible)} local SSD partitions, not {count}",
            _alternatives(close),
        )


def _alternatives(counts: list[int]) -> str:
    return " or ".join(str(count) for count in counts)


def _partition(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    if pool.partition is None:
        return
    here, sizes = ("gpu_pools", name, "partition"), partitions(pool.accelerator)
    if not sizes:
        yield context.problem(
            here, f"{pool.accelerator.value} cannot be partitioned", "omit it; sharing may be an alternative"
        )
    elif pool.partition not in sizes:
        yield context.problem(
            here,
            f"{pool.accelerator.value} has no partition {pool.partition}",
            f"one of {', '.join(f'{size} ({count} fit)' for size, count in sizes.items())}",
        )


def _offered_zones(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    """Zones that do not offer the GPU, where the offer is known."""
    for index, zone in known_items(pool.zones):
        zones = offered(pool.accelerator, zone)
        if zones is not None and zone not in zones:
            yield context.problem(
                ("gpu_pools", name, "zones", index),
                f"{zone} did not offer {pool.accelerator.value} on {known_on()}",
                f"one of {', '.join(zones)}",
            )


def _cluster_zones(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    """Zones outside of the region of one of the pool's clusters."""
    known = dict(known_values(context.settings.clusters, lambda cluster: cluster.region))
    regions: dict[str, str] = {}
    for _, key in known_items(pool.clusters):
        if key in known:
            regions.setdefault(known[key], key)
    for index, zone in known_items(pool.zones):
        for region, cluster in regions.items():
            if not zone.startswith(f"{region}-"):
                yield context.problem(
                    ("gpu_pools", name, "zones", index),
                    f"zone {zone!r} is not in {region}, the region of cluster {cluster!r}",
                    "the zones of a pool are in the region of each of its clusters",
                )


def _placement_capacity(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    if pool.compact_placement and pool.capacity not in PLACEABLE:
        yield context.problem(
            ("gpu_pools", name, "compact_placement"),
            f"{pool.capacity.value} machines do not support compact placement",
            f"omit it, or capacity: {' or '.join(mode.value for mode in PLACEABLE)}",
        )


def _placement_zones(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    if pool.compact_placement and len(pool.zones) > 1:
        yield context.problem(
            ("gpu_pools", name, "zones"),
            f"machines in {len(pool.zones)} zones cannot be placed close together",
            "one zone with compact_placement",
        )


def _topology(context: CloudContext, name: str, pool: GpuPool) -> Iterator[Problem]:
    """Kueue chooses among existing machines: where a pool scales to zero, it has to request them first."""
    if not pool.topology:
        return
    here = ("gpu_pools", name, "topology")
    if pool.capacity is not Capacity.QUEUED:
        yield context.problem(
            here,
            f"{pool.capacity.value} machines are created when pods wait for them, too late to choose among them",
            f"omit it, or capacity: {Capacity.QUEUED.value}",
        )
    elif pool.machine_type in gpu_machines() and pool.machine_type not in WITH_TOPOLOGY:
        yield context.problem(
            here,
            f"GKE does not label nodes of type {pool.machine_type} with their location",
            f"one of {', '.join(WITH_TOPOLOGY)}",
        )
