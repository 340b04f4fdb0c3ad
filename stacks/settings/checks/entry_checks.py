"""Values of one entry that do not go together, each told at its own key, whatever else is wrong with the entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter

from stacks.settings.checks import gpu_pool_checks
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import EVERY, found, one
from stacks.settings.core.schedules import Instant
from stacks.settings.core.types import ProjectId, Region, Zone
from stacks.settings.model.clusters import Nodes
from stacks.settings.model.operations import Days, LockDays

STRICT: Final = ConfigDict(strict=True)
PROJECT: Final[TypeAdapter[str]] = TypeAdapter(ProjectId)
REGION: Final[TypeAdapter[str]] = TypeAdapter(Region)
ZONE: Final[TypeAdapter[str]] = TypeAdapter(Zone)
INSTANT: Final[TypeAdapter[str]] = TypeAdapter(Instant)
NODES: Final[TypeAdapter[int]] = TypeAdapter(Nodes, config=STRICT)
DAYS: Final[TypeAdapter[int]] = TypeAdapter(Days, config=STRICT)
LOCK_DAYS: Final[TypeAdapter[int]] = TypeAdapter(LockDays, config=STRICT)
ANYTHING: Final[TypeAdapter[Any]] = TypeAdapter(Any)


def check(values: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Every problem that takes one entry to see, and more than one of its values."""

    def told(findings: Iterator[tuple[Place, str, str]], *above: str | int) -> Iterator[Problem]:
        for place, message, hint in findings:
            yield Problem(file, key_path((*above, *place)), message, hint)

    yield from told(_projects(values.get("projects")), "projects")
    for place, cluster in found(values, ("clusters", EVERY), ANYTHING):
        yield from told(_cluster(cluster), *place)
    for place, pool in found(values, ("gpu_pools", EVERY), ANYTHING):
        yield from told(gpu_pool_checks.check(pool), *place)
    yield from told(_recovery(values.get("recovery")), "recovery")


def _projects(projects: object) -> Iterator[tuple[Place, str, str]]:
    service = one(projects, ("service",), PROJECT)
    if service is not None and service == one(projects, ("host",), PROJECT):
        yield (
            ("service",),
            f"{service!r} is also the host project",
            "a shared VPC needs two projects: the host owns the network, the service project uses it",
        )


def _cluster(cluster: object) -> Iterator[tuple[Place, str, str]]:
    region = one(cluster, ("region",), REGION)
    for place, zone in found(cluster, ("zones", EVERY), ZONE):
        if region is not None and not zone.startswith(f"{region}-"):
            yield place, f"zone {zone!r} does not lie in region {region}", "a cluster's zones lie in its region"
    least = one(cluster, ("system_pool", "min_nodes"), NODES)
    most = one(cluster, ("system_pool", "max_nodes"), NODES)
    if least is not None and most is not None and least > most:
        yield ("system_pool", "min_nodes"), f"{least} is above max_nodes", f"at most {most}"
    start = one(cluster, ("maintenance", "start"), INSTANT)
    end = one(cluster, ("maintenance", "end"), INSTANT)
    if start is not None and end is not None and end <= start:  # both in one form, whose order is that of time
        yield ("maintenance", "end"), f"{end} is not after start", f"later than {start}"


def _recovery(recovery: object) -> Iterator[tuple[Place, str, str]]:
    locked = one(recovery, ("backups", "delete_lock_days"), LOCK_DAYS)
    kept = one(recovery, ("backups", "retain_days"), DAYS)
    if locked is not None and kept is not None and locked > kept:
        yield (
            ("backups", "delete_lock_days"),
            f"backups are locked for {locked} days and kept for {kept}",
            "at most retain_days",
        )
