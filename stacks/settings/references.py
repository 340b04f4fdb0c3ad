"""References from one entry to another, checked on whatever part of the settings is valid.

The checks see a `Draft`: valid entries as models, and for every map the keys that the file has, so that a reference to
an entry which exists but has a mistake of its own is not reported a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from stacks.settings.clusters import Cluster, GpuPool
from stacks.settings.data import Access, Bucket, Mount
from stacks.settings.network import Network, Projects
from stacks.settings.problems import Problem, key_path, suggest
from stacks.settings.teams import Group, Team

# Accounts: https://cloud.google.com/iam/docs/service-accounts-create (6 to 30). Buckets:
# https://cloud.google.com/storage/docs/buckets#naming (3 to 63).
NAMES: Final = (
    ("clusters", "gke-{key}-nodes", 30),
    ("teams", "ml-{key}", 30),
    ("buckets", "{project}-{key}", 63),
)


@dataclass(frozen=True)
class Draft:
    """The valid part of a settings file. `keys` has every key of every map, whether its entry is valid or not."""

    file: str
    keys: Mapping[str, frozenset[str]]
    projects: Projects | None
    network: Network | None
    groups: Mapping[str, Group]
    teams: Mapping[str, Team]
    clusters: Mapping[str, Cluster]
    gpu_pools: Mapping[str, GpuPool]
    buckets: Mapping[str, Bucket]
    mounts: Mapping[str, Mount]

    def problem(self, loc: tuple[str | int, ...], message: str, hint: str = "") -> Problem:
        """A problem at a location of this file."""
        return Problem(self.file, key_path(loc), message, hint)

    def exists(self, section: str, key: str, loc: tuple[str | int, ...]) -> Iterator[Problem]:
        """The problem, if any, that `section` has no entry `key`."""
        if key not in self.keys[section]:
            yield self.problem(loc, f"no entry {key!r} in {section}", suggest(key, sorted(self.keys[section])))


def check(draft: Draft) -> Iterator[Problem]:
    """Every problem that takes more than one entry to see."""
    yield from _projects(draft)
    yield from _teams(draft)
    yield from _clusters(draft)
    yield from _pools(draft)
    yield from _buckets(draft)
    yield from _mounts(draft)
    yield from _names(draft)


def _projects(draft: Draft) -> Iterator[Problem]:
    if draft.projects is not None and draft.projects.host == draft.projects.service:
        yield draft.problem(
            ("projects", "service"),
            f"{draft.projects.service!r} is also the host project",
            "a shared VPC needs two projects: the host owns the network, the service project uses it",
        )


def _teams(draft: Draft) -> Iterator[Problem]:
    for name, team in draft.teams.items():
        yield from draft.exists("groups", team.group, ("teams", name, "group"))
        for index, cluster in enumerate(team.clusters):
            yield from draft.exists("clusters", cluster, ("teams", name, "clusters", index))


def _clusters(draft: Draft) -> Iterator[Problem]:
    if draft.network is None:
        return
    subnets: Mapping[str, Any] = draft.network.subnets
    for name, cluster in draft.clusters.items():
        subnet = subnets.get(cluster.subnet)
        if subnet is None:
            hint = suggest(cluster.subnet, list(subnets))
            yield draft.problem(("clusters", name, "subnet"), f"no entry {cluster.subnet!r} in network.subnets", hint)
            continue
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
        here = ("gpu_pools", name)
        yield from draft.exists("clusters", pool.cluster, (*here, "cluster"))
        cluster = draft.clusters.get(pool.cluster)
        if cluster is None:
            continue
        for index, zone in enumerate(pool.zones):
            if not zone.startswith(f"{cluster.region}-"):
                yield draft.problem(
                    (*here, "zones", index),
                    f"zone {zone!r} does not lie in {cluster.region}, the region of cluster {pool.cluster!r}",
                    "a pool's zones lie in its cluster's region",
                )


def _buckets(draft: Draft) -> Iterator[Problem]:
    for name, bucket in draft.buckets.items():
        here = ("buckets", name)
        if bucket.team is not None:
            yield from draft.exists("teams", bucket.team, (*here, "team"))
        for group in bucket.groups:
            yield from draft.exists("groups", group, (*here, "groups", group))
        for team in bucket.workloads:
            yield from draft.exists("teams", team, (*here, "workloads", team))


def _names(draft: Draft) -> Iterator[Problem]:
    """Names that the cloud limits and that the program makes from keys, each with its limit's source."""
    service = None if draft.projects is None else draft.projects.service
    for section, form, longest in NAMES:
        for key in sorted(draft.keys[section]):
            if service is None and "{project}" in form:
                continue
            full = form.format(key=key, project=service)
            if not (shortest := 6 if form.startswith(("gke-", "ml-")) else 3) <= len(full) <= longest:
                yield draft.problem(
                    (section, key),
                    f"{full!r}, which is made from this key, has {len(full)} characters",
                    f"between {shortest} and {longest}",
                )


def _mounts(draft: Draft) -> Iterator[Problem]:
    for name, mount in draft.mounts.items():
        here = ("mounts", name)
        yield from draft.exists("clusters", mount.cluster, (*here, "cluster"))
        yield from draft.exists("teams", mount.team, (*here, "team"))
        yield from draft.exists("buckets", mount.bucket, (*here, "bucket"))
        team = draft.teams.get(mount.team)
        if team is not None and mount.cluster in draft.keys["clusters"] and mount.cluster not in team.clusters:
            yield draft.problem(
                (*here, "cluster"),
                f"team {mount.team!r} has no namespace in cluster {mount.cluster!r}",
                f"add {mount.cluster} to {key_path(('teams', mount.team, 'clusters'))}",
            )
        bucket = draft.buckets.get(mount.bucket)
        if bucket is None or mount.team not in draft.keys["teams"]:
            continue
        granted = bucket.workloads.get(mount.team)
        needed = Access.READ if mount.read_only else Access.WRITE
        if granted is None or (needed is Access.WRITE and granted is Access.READ):
            has = "no access" if granted is None else f"{granted.value} access only"
            yield draft.problem(
                (*here, "bucket"),
                f"workloads of team {mount.team!r} have {has} to bucket {mount.bucket!r}; "
                f"the mount needs {needed.value}",
                f"set {key_path(('buckets', mount.bucket, 'workloads', mount.team))}: {needed.value}",
            )
