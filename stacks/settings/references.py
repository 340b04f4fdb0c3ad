"""References from one entry to another, checked on whatever part of the settings is valid.

A reference to an entry that exists but has a mistake of its own is not reported a second time, and neither is what only
follows from a reference that leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from stacks.settings.clusters import Cluster
from stacks.settings.data import Mount
from stacks.settings.draft import KEY, Draft
from stacks.settings.grants import Access
from stacks.settings.network import Subnet
from stacks.settings.places import EVERY, KEYS, found
from stacks.settings.problems import Place, Problem, key_path, suggest
from stacks.settings.teams import Team

# Values that are keys of a section, and the section.
REFERENCES: Final[tuple[tuple[Place, str], ...]] = (
    (("teams", EVERY, "group"), "groups"),
    (("teams", EVERY, "clusters", EVERY), "clusters"),
    (("teams", EVERY, "quota", "gpus", KEYS), "gpu_pools"),
    (("clusters", EVERY, "subnet"), "network.subnets"),
    (("gpu_pools", EVERY, "cluster"), "clusters"),
    (("buckets", EVERY, "team"), "teams"),
    (("buckets", EVERY, "groups", KEYS), "groups"),
    (("buckets", EVERY, "workloads", KEYS), "teams"),
    (("mounts", EVERY, "cluster"), "clusters"),
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
    (("alerting", "page"), "groups"),
    (("alerting", "ticket"), "groups"),
    (("recovery", "restores", KEYS), "clusters"),
)


def lost(values: Mapping[str, Any], draft: Draft) -> Iterator[Problem]:
    """Every reference that leads nowhere."""
    for place, section in REFERENCES:
        for loc, key in found(values, place, KEY):
            if draft.lacks(section, key):
                known = sorted(draft.keys[section])
                yield draft.problem(loc, f"no entry {key!r} in {section}", suggest(key, known))


def check(draft: Draft) -> Iterator[Problem]:
    """Every reference to an entry that does not go with the one that names it."""
    yield from _groups(draft)
    yield from _quotas(draft)
    yield from _subnets(draft)
    yield from _pools(draft)
    yield from _mounts(draft)
    yield from _backups(draft)


def _groups(draft: Draft) -> Iterator[Problem]:
    """One address under two keys would be granted everything that either is."""
    first: dict[str, str] = {}
    for name, group in draft.groups.items():
        if (other := first.setdefault(group.email, name)) != name:
            yield draft.problem(
                ("groups", name, "email"),
                f"{group.email!r} is also the address of group {other!r}",
                "one group has one entry",
            )


def _quotas(draft: Draft) -> Iterator[Problem]:
    for name, team in draft.teams.items():
        yield from _quota(draft, name, team)


def _quota(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """A quota that no pool can ever fill is a promise that nobody keeps."""
    for key, wanted in team.quota.gpus.items():
        here = ("teams", name, "quota", "gpus", key)
        pool = draft.gpu_pools.get(key)
        if pool is None:
            continue
        yield from _namespace(draft, name, pool.cluster, here, f"pool {key!r} is in cluster {pool.cluster!r}, where ")
        if wanted > (most := pool.max_nodes * pool.accelerators_per_node):
            yield draft.problem(here, f"{wanted} GPUs are more than pool {key!r} has", f"at most {most}")


def _namespace(draft: Draft, name: str, cluster: str, loc: Place, why: str = "") -> Iterator[Problem]:
    """The problem, if any, that a team has no namespace in a cluster, where both are known."""
    team = draft.teams.get(name)
    if team is None or cluster in team.clusters or cluster not in draft.keys.get("clusters", ()):
        return
    if any(draft.lacks("clusters", named) for named in team.clusters):
        return  # the team may well mean this cluster, and has a problem already
    where = "has no namespace" if why else f"has no namespace in cluster {cluster!r}"
    yield draft.problem(loc, f"{why}team {name!r} {where}", f"add {cluster} to {key_path(('teams', name, 'clusters'))}")


def _subnets(draft: Draft) -> Iterator[Problem]:
    for name, cluster in draft.clusters.items():
        subnet = draft.subnets.get(cluster.subnet)
        if subnet is not None:
            yield from _subnet(draft, name, cluster, subnet)


def _subnet(draft: Draft, name: str, cluster: Cluster, subnet: Subnet) -> Iterator[Problem]:
    if subnet.region != cluster.region:
        yield draft.problem(
            ("clusters", name, "subnet"),
            f"subnet {cluster.subnet!r} lies in {subnet.region}, the cluster in {cluster.region}",
            "a cluster's subnet lies in its region",
        )
    for field in ("pod_range", "service_range"):
        wanted = getattr(cluster, field)
        if wanted not in subnet.secondary:
            yield draft.problem(
                ("clusters", name, field),
                f"subnet {cluster.subnet!r} has no secondary range {wanted!r}",
                suggest(wanted, list(subnet.secondary)),
            )


def _pools(draft: Draft) -> Iterator[Problem]:
    for name, pool in draft.gpu_pools.items():
        cluster = draft.clusters.get(pool.cluster)
        if cluster is None:
            continue
        for index, zone in enumerate(pool.zones):
            if not zone.startswith(f"{cluster.region}-"):
                yield draft.problem(
                    ("gpu_pools", name, "zones", index),
                    f"zone {zone!r} does not lie in {cluster.region}, the region of cluster {pool.cluster!r}",
                    "a pool's zones lie in its cluster's region",
                )


def _mounts(draft: Draft) -> Iterator[Problem]:
    for name, mount in draft.mounts.items():
        yield from _namespace(draft, mount.team, mount.cluster, ("mounts", name, "cluster"))
        yield from _access(draft, name, mount)


def _access(draft: Draft, name: str, mount: Mount) -> Iterator[Problem]:
    """The problem, if any, that a mount's team lacks the grant that the mount needs."""
    bucket = draft.buckets.get(mount.bucket)
    if bucket is None or mount.team not in draft.keys.get("teams", ()):
        return
    grant = bucket.workloads.get(mount.team)
    granted = None if grant is None else grant.access
    needed = Access.READ if mount.read_only else Access.WRITE
    if granted is None or (needed is Access.WRITE and granted is Access.READ):
        has = "no access" if granted is None else f"{granted.value} access only"
        yield draft.problem(
            ("mounts", name, "bucket"),
            f"workloads of team {mount.team!r} have {has} to bucket {mount.bucket!r}; the mount needs {needed.value}",
            f"set {key_path(('buckets', mount.bucket, 'workloads', mount.team))}: {needed.value}",
        )


def _backups(draft: Draft) -> Iterator[Problem]:
    backups = None if draft.recovery is None else draft.recovery.backups
    if backups is not None and backups.region in {cluster.region for cluster in draft.clusters.values()}:
        yield draft.problem(
            ("recovery", "backups", "region"),
            f"backups in {backups.region} are lost together with the cluster there",
            "a region that has no cluster",
        )
