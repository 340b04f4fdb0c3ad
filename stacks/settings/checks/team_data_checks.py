"""Data of teams that is granted in two places, or mounted under a name that is taken."""

from __future__ import annotations

from collections.abc import Iterator

from stacks.settings.checks.context import CloudContext, each, known_values
from stacks.settings.core.problems import Problem, key_path
from stacks.settings.core.unknown import known_entries, until_unknown
from stacks.settings.model import team_data
from stacks.settings.model.buckets import Bucket
from stacks.settings.model.data_classes import DataClass
from stacks.settings.model.grants import Access, DataTerms
from stacks.settings.model.teams import Team


def check(context: CloudContext) -> Iterator[Problem]:
    """Every problem of the data of one team, reported at the team."""
    yield from each(context, context.settings.teams, _data)


def conflicting_grants(context: CloudContext) -> Iterator[Problem]:
    """Groups with two grants on a bucket of which one ends: a group cannot have one through each of two teams."""
    yield from each(context, context.settings.buckets, _conflicting_grants)


def _data(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    for key, terms in known_entries(team.data):
        for part in (_granted_by_bucket, _people_granted_by_bucket, _people_of_sensitive_data, _claim):
            yield from until_unknown(part(context, name, key, terms))


def _granted_by_bucket(context: CloudContext, name: str, key: str, _: DataTerms) -> Iterator[Problem]:
    if name in context.settings.buckets[key].workloads:
        where = key_path(("buckets", key, "workloads", name))
        yield context.problem(("teams", name, "data", key), f"{where} grants it too", "remove one of the two")


def _people_granted_by_bucket(context: CloudContext, name: str, key: str, _: DataTerms) -> Iterator[Problem]:
    bucket = context.settings.buckets[key]
    for group in team_data.of_team(context.settings.teams[name], key, bucket):
        if group in bucket.groups:
            where = key_path(("buckets", key, "groups", group))
            yield context.problem(
                ("teams", name, "data", key),
                f"{where} also grants group {group!r} access",
                "remove one of the two, or set people: none",
            )


def _people_of_sensitive_data(context: CloudContext, name: str, key: str, terms: DataTerms) -> Iterator[Problem]:
    if terms.people is not None and context.settings.buckets[key].data_class is DataClass.SENSITIVE:
        yield context.problem(
            ("teams", name, "data", key, "people"),
            f"a team's grant on {DataClass.SENSITIVE.value} data is for its workloads only",
            f"omit it; {key_path(('buckets', key, 'groups'))} can grant access to a group",
        )


def _claim(context: CloudContext, name: str, key: str, terms: DataTerms) -> Iterator[Problem]:
    """A bucket that is mounted automatically has a claim with the bucket's key, which must not be taken."""
    mounts, shares = context.settings.mounts, context.settings.file_shares
    if not terms.mount or any((mount.team, mount.bucket) == (name, key) for mount in mounts.values()):
        return  # it is not mounted automatically
    if key in mounts and mounts[key].team == name:
        taken_by = f"mount {key!r}, of another bucket,"
    elif key in shares and name in shares[key].teams:
        taken_by = f"file share {key!r}"
    else:
        return
    yield context.problem(
        ("teams", name, "data", key),
        f"{taken_by} already has the claim {key!r} of team {name!r}",
        "mount: false, or another key for the other one",
    )


def _conflicting_grants(context: CloudContext, key: str, bucket: Bucket) -> Iterator[Problem]:
    first: dict[str, tuple[str, Access, str | None]] = {}
    for name, grants in known_values(context.settings.teams, lambda team: team_data.of_team(team, key, bucket)):
        for group, terms in grants.items():
            other, access, until = first.setdefault(group, (name, terms.access, terms.until))
            if (access, until) == (terms.access, terms.until) or until is terms.until is None:
                continue
            yield context.problem(
                ("teams", name, "data", key),
                f"group {group!r} has {terms.access.value} access {_until(terms.until)} here, and "
                f"{access.value} access {_until(until)} as part of team {other!r}",
                f"people: none in one of them, and {key_path(('buckets', key, 'groups', group))}",
            )


def _until(day: str | None) -> str:
    return "indefinitely" if day is None else f"until {day}"
