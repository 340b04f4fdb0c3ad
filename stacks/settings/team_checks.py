"""Teams that the clusters would refuse, or that would be refused something later without a word."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from stacks.settings import team_data
from stacks.settings.data_classes import DataClass
from stacks.settings.draft import Draft
from stacks.settings.grants import Access
from stacks.settings.identity_checks import ORGANIZATION, findings_of
from stacks.settings.machines import size_of
from stacks.settings.places import one
from stacks.settings.problems import Place, Problem, key_path
from stacks.settings.registries import Mode
from stacks.settings.security import SecurityGroup
from stacks.settings.teams import Team

# Roles on the project that see what every team has, whatever a namespace or a bucket says:
# https://cloud.google.com/iam/docs/roles-overview#predefined
THROUGH_WALLS: Final = frozenset(
    {
        "roles/bigquery.admin",
        "roles/bigquery.dataEditor",
        "roles/bigquery.dataOwner",
        "roles/bigquery.dataViewer",
        "roles/container.admin",
        "roles/container.developer",
        "roles/container.viewer",
        "roles/secretmanager.admin",
        "roles/secretmanager.secretAccessor",
        "roles/storage.admin",
        "roles/storage.objectAdmin",
        "roles/storage.objectUser",
        "roles/storage.objectViewer",
    }
)
SECURITY_GROUP: Final[TypeAdapter[str]] = TypeAdapter(SecurityGroup)


def check(values: Mapping[str, Any], draft: Draft, told: Collection[Place] = ()) -> Iterator[Problem]:
    """Every such problem; what stands at a place that is `told` is not judged."""
    yield from _bound(values, draft, told)
    for name, team in draft.teams.items():
        yield from _walls(draft, name, team)
        yield from _data(draft, name, team)
        yield from _claims(draft, name, team)
        yield from _models(draft, name, team)
        yield from _limits(draft, name, team)
        yield from _size(draft, name, team)
        yield from _repository(values, draft, name, team, told)
    yield from _torn(draft)


def _bound(values: Mapping[str, Any], draft: Draft, told: Collection[Place]) -> Iterator[Problem]:
    """Members are bound by their group, which GKE asks for below one group of its domain and no other.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac.
    """
    place: Place = ("security", "groups")
    found = one(values, place, SECURITY_GROUP)
    if found is None:
        security = values.get("security", {})
        absent = isinstance(security, Mapping) and security.get("groups") is None
        if absent and draft.teams and not {place, place[:1]} & set(told):
            yield draft.problem(
                place,
                "is missing: without it no cluster knows who belongs to a team",
                "gke-security-groups@<domain>, whose members are the groups of the teams",
            )
        return
    domain = found.partition("@")[2]
    for name in sorted({group for team in draft.teams.values() for group in team.members}):
        group = draft.groups.get(name)
        if group is not None and group.email.partition("@")[2] != domain:
            yield draft.problem(
                ("groups", name, "email"),
                f"{group.email!r} is in no team: clusters ask for groups of {domain} only",
                f"a group of {domain}, or another {key_path(place)}",
            )


def _walls(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    for key in sorted(team.members):
        group = draft.groups.get(key)
        for index, grant in enumerate(() if group is None else group.project_roles):
            if grant.role in THROUGH_WALLS:
                yield draft.problem(
                    ("groups", key, "project_roles", index),
                    f"{grant.role} shows group {key!r}, a member of team {name!r}, what every other team has",
                    f"take it from the group, or the group out of {key_path(('teams', name, 'members'))}",
                )


def _data(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """A grant has one place, and so has its end."""
    for key, terms in team.data.items():
        bucket = draft.buckets.get(key)
        if bucket is None:
            continue
        here: Place = ("teams", name, "data", key)
        if name in bucket.workloads:
            where = key_path(("buckets", key, "workloads", name))
            yield draft.problem(here, f"{where} grants it too", "keep one of the two")
        for group in team_data.of_team(team, key, bucket):
            if group in bucket.groups:
                where = key_path(("buckets", key, "groups", group))
                yield draft.problem(
                    here, f"{where} grants group {group!r} its part too", "keep one of the two, or set people: none"
                )
        if terms.people is not None and bucket.data_class is DataClass.SENSITIVE:
            yield draft.problem(
                (*here, "people"),
                f"people of a team have no part in its grants on {DataClass.SENSITIVE.value} data",
                f"leave it out; {key_path(('buckets', key, 'groups'))} can let a group in",
            )


def _torn(draft: Draft) -> Iterator[Problem]:
    """One group has one grant on a bucket: it cannot write until a day through one team and read on through another."""
    for key, bucket in draft.buckets.items():
        first: dict[str, tuple[str, Access, str | None]] = {}
        for name in sorted(draft.teams):
            for group, terms in team_data.of_team(draft.teams[name], key, bucket).items():
                other, access, until = first.setdefault(group, (name, terms.access, terms.until))
                if (access, until) == (terms.access, terms.until) or until is terms.until is None:
                    continue
                yield draft.problem(
                    ("teams", name, "data", key),
                    f"group {group!r} has {terms.access.value} access {_until(terms.until)} here, and "
                    f"{access.value} access {_until(until)} as part of team {other!r}",
                    f"people: none in one of them, and {key_path(('buckets', key, 'groups', group))} for what is meant",
                )


def _until(day: str | None) -> str:
    return "for ever" if day is None else f"until {day}"


def _claims(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """A bucket that is mounted by itself is a claim of the bucket's key, which nothing else may be called by."""
    for mount in team_data.mounts({name: team}, draft.buckets, draft.mounts):
        key, _, plain = mount.partition(".")
        if not plain:
            continue
        tuned = draft.mounts.get(key)
        share = draft.file_shares.get(key)
        if tuned is not None and tuned.team == name:
            taken = f"mount {key!r}, of another bucket,"
        elif share is not None and name in share.teams:
            taken = f"file share {key!r}"
        else:
            continue
        yield draft.problem(
            ("teams", name, "data", key),
            f"{taken} has the claim {key!r} of team {name!r} already",
            "mount: false, or another key for the other one",
        )


def _models(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """The problem, if any, that a team cannot read the models that it is to serve."""
    models = team.models
    bucket = None if models is None else draft.buckets.get(models.bucket)
    if models is None or bucket is None or name in team_data.workloads(draft.teams, models.bucket, bucket):
        return
    yield draft.problem(
        ("teams", name, "models", "bucket"),
        f"workloads of team {name!r} have no access to bucket {models.bucket!r}, and endpoints read it",
        f"set {key_path(('teams', name, 'data', models.bucket))}: read",
    )


def _limits(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """A container that asks for nothing must get something, and fit."""
    limits, quota = team.limits, team.quota
    for field, asked, largest, most, step in (
        ("cpu_millis", limits.cpu_millis, "most_cpu", limits.most_cpu, 1000),
        ("memory_mib", limits.memory_mib, "most_memory_gib", limits.most_memory_gib, 1024),
    ):
        if most is not None and asked > most * step:
            yield draft.problem(
                ("teams", name, "limits", field), f"{asked} is above {largest}", f"at most {most * step}"
            )
        whole = quota.cpu if field == "cpu_millis" else quota.memory_gib
        if most is not None and most > whole:
            yield draft.problem(
                ("teams", name, "limits", largest), f"{most} is above the team's quota", f"at most {whole}"
            )
        elif most is None and asked > whole * step:
            yield draft.problem(
                ("teams", name, "limits", field),
                f"a container that asks for nothing would be above the team's quota of {whole * step}",
                f"at most {whole * step}",
            )


def _size(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """Cores and memory that no cluster of the team can ever have are a promise that nobody keeps."""
    sizes = [_most(draft, cluster) for cluster in team.clusters]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        return
    for index, (field, what) in enumerate((("cpu", "cores"), ("memory_gib", "GiB"))):
        wanted, most = getattr(team.quota, field), max(size[index] for size in known)
        if wanted > most:
            clusters = "its cluster" if len(known) == 1 else "any of its clusters"
            yield draft.problem(
                ("teams", name, "quota", field),
                f"{wanted} {what} are more than the pools of {clusters} can grow to",
                f"at most {most}",
            )


def _most(draft: Draft, name: str) -> tuple[int, int] | None:
    """Cores and GiB of a cluster with all of its nodes; None where one of its machines is not known."""
    cluster = draft.clusters.get(name)
    if cluster is None or draft.keys.get("gpu_pools") != frozenset(draft.gpu_pools):
        return None
    if cluster.autoprovisioning is not None:  # its limits hold for declared pools too
        return cluster.autoprovisioning.cpu, cluster.autoprovisioning.memory_gib
    pools = [cluster.system_pool, *(pool for pool in draft.gpu_pools.values() if name in pool.clusters)]
    sizes = [(pool.max_nodes, size_of(pool.machine_type)) for pool in pools]
    found = [(nodes * size[0], nodes * size[1]) for nodes, size in sizes if size is not None]
    if len(found) < len(sizes):
        return None
    return sum(cores for cores, _ in found), sum(memory for _, memory in found)


def _repository(
    values: Mapping[str, Any], draft: Draft, name: str, team: Team, told: Collection[Place]
) -> Iterator[Problem]:
    if team.repository is None or ("github",) in told:
        return
    here: Place = ("teams", name, "repository")
    if values.get("github") is None:
        yield draft.problem(here, "there is no section github", "the organization in which the repository is")
        return
    organization = one(values, ("github", "organization"), ORGANIZATION)
    for place, message, hint in findings_of(organization, team.repository.deployer):
        yield draft.problem((*here, *place), message, hint)
    for index, key in enumerate(team.repository.push):
        registry = draft.registries.get(key)
        if registry is not None and registry.mode is not Mode.STANDARD:
            yield draft.problem(
                (*here, "push", index), f"{key!r} is {registry.mode.value}: nobody pushes to it", "a standard registry"
            )
