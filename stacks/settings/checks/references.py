"""References from one entry to another, checked on whatever part of the settings is valid.

A reference to an entry that exists but has a mistake of its own is not reported a second time, and neither is what only
follows from a reference that leads nowhere.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, Final

from stacks.settings.checks.context import KEY, Draft
from stacks.settings.core.problems import Place, Problem, key_path, suggest
from stacks.settings.core.query import EVERY, KEYS, found
from stacks.settings.derived.gpu_counts import in_each_cluster
from stacks.settings.model import team_data
from stacks.settings.model.clusters import Cluster
from stacks.settings.model.gpu_pools import GpuPool
from stacks.settings.model.grants import Access
from stacks.settings.model.local import LocalMount
from stacks.settings.model.mounts import Mount
from stacks.settings.model.network import Subnet
from stacks.settings.model.teams import Team

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

# What outlives its team, and then belongs to another one.
OWNED: Final = frozenset({"buckets", "file_shares", "registries", "secrets", "warehouses"})
# What a team can be promised GPUs of.
PROMISED: Final = ("gpu_pools", "compute_classes")


def lost(values: Mapping[str, Any], draft: Draft) -> Iterator[Problem]:
    """Every reference that leads nowhere."""
    for place, section in REFERENCES:
        for loc, key in found(values, place, KEY):
            if draft.lacks(section, key):
                hint = suggest(key, draft.well_formed(section))
                if loc[0] in OWNED and place[-1] == "team":
                    hint = f"{hint}; data of a team that is gone goes on: runbooks/remove-a-team.md"
                yield draft.problem(loc, f"no entry {key!r} in {section}", hint)
    for loc, key in found(values, ("teams", EVERY, "quota", "gpus", KEYS), KEY):
        if all(draft.lacks(section, key) for section in PROMISED):
            known = sorted(set().union(*(draft.keys[section] for section in PROMISED)))
            yield draft.problem(loc, f"no entry {key!r} in {' or '.join(PROMISED)}", suggest(key, known))


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
        for what, clusters, pools in _promised(draft, key):
            yield from namespaces(draft, name, clusters, here, what)
            if wanted > (most := in_each_cluster(pools)):
                yield draft.problem(here, f"{wanted} GPUs are more than {what} has", f"at most {most}")
            if (above := draft.class_of(key)) is not None:
                yield draft.problem(
                    here,
                    f"{what} is a rung of compute class {above!r}, whose pods it serves",
                    f"promise {above} instead",
                )


def _promised(draft: Draft, key: str) -> Iterator[tuple[str, Sequence[str], list[GpuPool]]]:
    """What a key stands for, where that is, and its pools: nothing where one of those cannot be judged."""
    if (pool := draft.gpu_pools.get(key)) is not None:
        yield f"pool {key!r}", pool.clusters, [pool]
    elif (ladder := draft.compute_classes.get(key)) is not None:
        pools = [draft.gpu_pools[rung] for rung in ladder.priorities if rung in draft.gpu_pools]
        if len(pools) == len(ladder.priorities):
            yield f"compute class {key!r}", ladder.clusters, pools


def namespaces(draft: Draft, name: str, clusters: Sequence[str], loc: Place, what: str) -> Iterator[Problem]:
    """The problem, if any, that a team has a namespace in none of the clusters that have what it is promised."""
    if not set(clusters) & set(draft.teams[name].clusters):
        yield from _namespace(draft, name, clusters[0], loc, f"{what} is in {_clusters(clusters)}, where ")


def _clusters(clusters: Sequence[str]) -> str:
    names = ", ".join(repr(cluster) for cluster in clusters)
    return f"cluster {names}" if len(clusters) == 1 else f"clusters {names}"


def _namespace(draft: Draft, name: str, cluster: str, loc: Place, why: str = "") -> Iterator[Problem]:
    """The problem, if any, that a team has no namespace in a cluster, where both are known."""
    team = draft.teams.get(name)
    if team is None or cluster in team.clusters or cluster not in draft.keys.get("clusters", ()):
        return
    if draft.lost(team):
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
        regions: dict[str, str] = {}
        for key in pool.clusters:
            if (cluster := draft.clusters.get(key)) is not None:
                regions.setdefault(cluster.region, key)
        for index, zone in enumerate(pool.zones):
            for region, first in regions.items():
                if not zone.startswith(f"{region}-"):
                    yield draft.problem(
                        ("gpu_pools", name, "zones", index),
                        f"zone {zone!r} does not lie in {region}, the region of cluster {first!r}",
                        "a pool's zones lie in the region of each of its clusters",
                    )


def _mounts(draft: Draft) -> Iterator[Problem]:
    for name, mount in draft.mounts.items():
        bucket = draft.buckets.get(mount.bucket)
        if bucket is not None and mount.team in draft.teams:  # what an invalid team was granted, nobody knows
            grant = team_data.workloads(draft.teams, mount.bucket, bucket).get(mount.team)
            yield from access(draft, name, mount, None if grant is None else grant.access, bucket.workloads)


def access(
    draft: Draft, name: str, mount: Mount | LocalMount, granted: Access | None, workloads: Container[str]
) -> Iterator[Problem]:
    """The problem, if any, that a mount's team lacks the grant that the mount needs.

    `granted` is the one it has, and `workloads` are the teams that the bucket itself grants something.
    """
    team = draft.teams.get(mount.team)
    if granted is None and team is not None and draft.may_have(team):
        return
    needed = Access.READ if mount.read_only else Access.WRITE
    if granted is None or (needed is Access.WRITE and granted is Access.READ):
        has = "no access" if granted is None else f"{granted.value} access only"
        yield draft.problem(
            ("mounts", name, "bucket"),
            f"workloads of team {mount.team!r} have {has} to bucket {mount.bucket!r}; the mount needs {needed.value}",
            f"set {key_path(_place(mount, workloads))}: {needed.value}",
        )


def _place(mount: Mount | LocalMount, workloads: Container[str]) -> Place:
    """Where the grant is that is not enough or, where there is none, where a team says what it works on."""
    if mount.team in workloads:
        return ("buckets", mount.bucket, "workloads", mount.team)
    return ("teams", mount.team, "data", mount.bucket)


def _backups(draft: Draft) -> Iterator[Problem]:
    backups = None if draft.recovery is None else draft.recovery.backups
    if backups is not None and backups.region in {cluster.region for cluster in draft.clusters.values()}:
        yield draft.problem(
            ("recovery", "backups", "region"),
            f"backups in {backups.region} are lost together with the cluster there",
            "a region that has no cluster",
        )
