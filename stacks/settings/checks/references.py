"""References from one entry to another that is not there.

Such a reference is not known to any other check, since it is not known either which entry was meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from stacks.settings.checks.context import AnyContext
from stacks.settings.core.partial import KEY
from stacks.settings.core.problems import Place, Problem
from stacks.settings.core.query import EVERY, KEYS, values_at
from stacks.settings.core.spelling import suggest
from stacks.settings.core.types import is_key
from stacks.settings.core.unknown import all_keys, until_unknown
from stacks.settings.model.mounts import SYSTEM

# Values that are keys of a section, and the section.
REFERENCES: Final[tuple[tuple[Place, str], ...]] = (
    (("teams", EVERY, "members", KEYS), "groups"),
    (("teams", EVERY, "data", KEYS), "buckets"),
    (("teams", EVERY, "models", "bucket"), "buckets"),
    (("teams", EVERY, "repository", "push", EVERY), "registries"),
    (("teams", EVERY, "clusters", EVERY), "clusters"),
    (("teams", EVERY, "egress", EVERY), "network.egress.allow"),
    (("teams", EVERY, "services", EVERY, "callers", EVERY), "teams"),
    (("clusters", EVERY, "subnet"), "network.subnets"),
    (("gpu_pools", EVERY, "clusters", EVERY), "clusters"),
    (("compute_classes", EVERY, "clusters", EVERY), "clusters"),
    (("compute_classes", EVERY, "priorities", EVERY), "gpu_pools"),
    (("buckets", EVERY, "team"), "teams"),
    (("buckets", EVERY, "groups", KEYS), "groups"),
    (("buckets", EVERY, "workloads", KEYS), "teams"),
    (("mounts", EVERY, "team"), "teams"),
    (("mounts", EVERY, "bucket"), "buckets"),
    (("file_shares", EVERY, "team"), "teams"),
    (("file_shares", EVERY, "teams", EVERY), "teams"),
    (("warehouses", EVERY, "team"), "teams"),
    (("warehouses", EVERY, "bucket"), "buckets"),
    (("warehouses", EVERY, "groups", KEYS), "groups"),
    (("warehouses", EVERY, "workloads", KEYS), "teams"),
    (("registries", EVERY, "team"), "teams"),
    (("registries", EVERY, "members", KEYS), "registries"),
    (("registries", EVERY, "groups", KEYS), "groups"),
    (("registries", EVERY, "workloads", KEYS), "teams"),
    (("registries", EVERY, "deployers", EVERY), "github.deployers"),
    (("secrets", EVERY, "team"), "teams"),
    (("secrets", EVERY, "groups", KEYS), "groups"),
    (("secrets", EVERY, "workloads", KEYS), "teams"),
    (("audit", "readers", KEYS), "groups"),
    (("pipelines", "cluster"), "clusters"),
    (("pipelines", "bucket"), "buckets"),
    (("pipelines", "teams", EVERY), "teams"),
    (("gateway", "config_cluster"), "clusters"),
    (("gateway", "weights", KEYS), "clusters"),
    (("gateway", "services", EVERY, "namespace"), "teams"),
    (("alerting", "page"), "groups"),
    (("alerting", "ticket"), "groups"),
    (("recovery", "restores", KEYS), "clusters"),
)

# Sections whose entries outlive their team, and then need another owner.
OWNED: Final = frozenset({"buckets", "file_shares", "registries", "secrets", "warehouses"})
QUOTAS: Final[Place] = ("teams", EVERY, "quota", "gpus", KEYS)
MOUNT_POOLS: Final[Place] = ("mounts", EVERY, "pool")


def dangling(context: AnyContext) -> Iterator[tuple[Problem, Place]]:
    """Every reference to an entry that is not there, with its place."""
    for place, section in REFERENCES:
        if _has(context, section):
            yield from until_unknown(_dangling(context, place, (section,)))
    with_gpus = [section for section in ("gpu_pools", "compute_classes") if _has(context, section)]
    yield from until_unknown(_dangling(context, QUOTAS, with_gpus))
    yield from until_unknown(_dangling(context, MOUNT_POOLS, ("gpu_pools",), also=(SYSTEM,)))


def _has(context: AnyContext, section: str) -> bool:
    """Whether this kind of stack has a section."""
    return section.partition(".")[0] in type(context.settings).model_fields


def _dangling(
    context: AnyContext, place: Place, sections: Sequence[str], also: Sequence[str] = ()
) -> Iterator[tuple[Problem, Place]]:
    known = {*also, *(key for section in sections for key in _keys(context.settings, section))}
    for where, key in values_at(context.settings, place):
        if key in known:
            continue
        hint = suggest(key, [name for name in known if is_key(name)])
        if where[0] in OWNED and place[-1] == "team":
            hint = f"{hint}; data of a deleted team needs another owner: runbooks/remove-a-team.md"
        problem = context.problem(where, f"no entry {key!r} in {' or '.join(sections)}", hint)
        yield problem, (*where, KEY) if place[-1] == KEYS else where


def _keys(settings: Any, section: str) -> list[str]:
    """The keys of a section as the file has them; none where a section above it is absent."""
    for part in section.split("."):
        settings = None if settings is None else getattr(settings, part)
    return [] if settings is None else list(all_keys(settings))
