"""Clusters whose values do not fit each other, their subnet, or the GPU pools that they contain."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from stacks.settings.checks.context import CloudContext, each
from stacks.settings.core.problems import Place, Problem
from stacks.settings.core.spelling import suggest
from stacks.settings.core.unknown import known_entries, known_items, until_unknown
from stacks.settings.facts.gpu_machines import GpuMachine, gpu_machines
from stacks.settings.model.clusters import Autoprovisioning, Cluster
from stacks.settings.model.gpu_pools import GpuPool


def check(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one cluster."""
    yield from each(
        context,
        context.settings.clusters,
        _zones,
        _node_counts,
        _maintenance,
        _subnet_region,
        _pod_range,
        _service_range,
        _different_ranges,
        _autoprovisioning,
    )


def shared_ranges(context: CloudContext) -> Iterator[Problem]:
    """Clusters of one subnet whose ranges are not separate.

    Clusters may share a range for pods but not for services, since one address would belong to two services:
    https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips#cluster_sizing_secondary_range_svcs.
    """
    for (first, cluster), (second, other) in combinations(sorted(known_entries(context.settings.clusters)), 2):
        yield from until_unknown(_shared_ranges(context, first, cluster, second, other))


def _zones(context: CloudContext, name: str, cluster: Cluster) -> Iterator[Problem]:
    for index, zone in known_items(cluster.zones):
        if not zone.startswith(f"{cluster.region}-"):
            yield context.problem(
                ("clusters", name, "zones", index),
                f"zone {zone!r} is not in region {cluster.region}",
                "the zones of a cluster are in its region",
            )


def _node_counts(context: CloudContext, name: str, cluster: Cluster) -> Iterator[Problem]:
    pool = cluster.system_pool
    if pool.min_nodes > pool.max_nodes:
        yield context.problem(
            ("clusters", name, "system_pool", "min_nodes"),
            f"{pool.min_nodes} is above max_nodes",
            f"at most {pool.max_nodes}",
        )


def _maintenance(context: CloudContext, name: str, cluster: Cluster) -> Iterator[Problem]:
    start, end = cluster.maintenance.start, cluster.maintenance.end
    if end <= start:  # both have the same form, in which alphabetical order is the order of time
        yield context.problem(
            ("clusters", name, "maintenance", "end"), f"{end} is not after start", f"later than {start}"
        )


def _subnet_region(context: CloudContext, name: str, cluster: Cluster) -> Iterator[Problem]:
    subnet = context.settings.network.subnets[cluster.subnet]
    if subnet.region != cluster.region:
        yield context.problem(
            ("clusters", name, "subnet"),
            f"subnet {cluster.subnet!r} is in {subnet.region}, the cluster in {cluster.region}",
            "the subnet of a cluster is in the cluster's region",
        )


def _pod_range(context: CloudContext, name: str, cluster: Cluster) -> Iterator[Problem]:
    yield from _secondary_range(context, name, cluster, "pod_range", cluster.pod_range)


def _service_range(context: CloudContext, name: str, cluster: Cluster) -> Iterator[Problem]:
    yield from _secondary_range(context, name, cluster, "service_range", cluster.service_range)


def _secondary_range(context: CloudContext, name: str, cluster: Cluster, field: str, wanted: str) -> Iterator[Problem]:
    ranges = context.settings.network.subnets[cluster.subnet].secondary
    if wanted not in ranges:
        yield context.problem(
            ("clusters", name, field),
            f"subnet {cluster.subnet!r} has no secondary range {wanted!r}",
            suggest(wanted, ranges),
        )


def _different_ranges(context: CloudContext, name: str, cluster: Cluster) -> Iterator[Problem]:
    if cluster.pod_range == cluster.service_range:
        yield context.problem(
            ("clusters", name, "service_range"),
            f"{cluster.service_range!r} is also the range for pods",
            "pods and services need separate ranges",
        )


def _shared_ranges(
    context: CloudContext, first: str, cluster: Cluster, second: str, other: Cluster
) -> Iterator[Problem]:
    if cluster.subnet != other.subnet:
        return
    if cluster.service_range == other.service_range:
        yield context.problem(
            ("clusters", second, "service_range"),
            f"{other.service_range!r} contains the services of cluster {first!r}",
            "clusters may share a range for pods, not for services",
        )
    elif other.service_range == cluster.pod_range:
        yield context.problem(
            ("clusters", second, "service_range"),
            f"{other.service_range!r} contains the pods of cluster {first!r}",
            "services need a separate range",
        )
    elif other.pod_range == cluster.service_range:
        yield context.problem(
            ("clusters", second, "pod_range"),
            f"{other.pod_range!r} contains the services of cluster {first!r}",
            "a range that contains pods only",
        )


def _autoprovisioning(context: CloudContext, name: str, cluster: Cluster) -> Iterator[Problem]:
    """Limits below the maximum size of declared pools, which count towards them and would not reach their max_nodes."""
    if cluster.autoprovisioning is None:
        return
    yield from until_unknown(_cpu_limit(context, name, cluster.autoprovisioning))
    yield from until_unknown(_memory_limit(context, name, cluster.autoprovisioning))
    yield from until_unknown(_gpu_limits(context, name, cluster.autoprovisioning))


def _cpu_limit(context: CloudContext, name: str, limits: Autoprovisioning) -> Iterator[Problem]:
    needed = sum(nodes * machine.vcpu for nodes, machine in _max_machines(context, name))
    yield from _below(context, (name, "autoprovisioning", "cpu"), limits.cpu, needed, "cores")


def _memory_limit(context: CloudContext, name: str, limits: Autoprovisioning) -> Iterator[Problem]:
    needed = sum(nodes * machine.memory_gb for nodes, machine in _max_machines(context, name))
    yield from _below(context, (name, "autoprovisioning", "memory_gib"), limits.memory_gib, needed, "GiB")


def _gpu_limits(context: CloudContext, name: str, limits: Autoprovisioning) -> Iterator[Problem]:
    machines = list(_max_machines(context, name))
    for gpu, limit in known_entries(limits.gpus):
        needed = sum(nodes * machine.gpus for nodes, machine in machines if machine.accelerator.value == gpu)
        yield from _below(context, (name, "autoprovisioning", "gpus", gpu), limit, needed, gpu)


def _max_machines(context: CloudContext, cluster: str) -> Iterator[tuple[int, GpuMachine]]:
    """The maximum number of nodes and the machine of each GPU pool of a cluster, as far as they are known."""
    for _, pool in known_entries(context.settings.gpu_pools):
        yield from until_unknown(_max_machine(cluster, pool))


def _max_machine(cluster: str, pool: GpuPool) -> Iterator[tuple[int, GpuMachine]]:
    if cluster in pool.clusters and pool.machine_type in gpu_machines():
        yield pool.max_nodes, gpu_machines()[pool.machine_type]


def _below(context: CloudContext, place: Place, limit: int, needed: int, unit: str) -> Iterator[Problem]:
    if needed > limit:
        yield context.problem(
            ("clusters", *place),
            f"{limit} is less than the {needed} {unit} of the cluster's GPU pools at their maximum size",
            f"at least {needed}",
        )
