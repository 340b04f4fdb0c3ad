"""Data of teams that is granted in two places, or mounted under a name that is taken."""

from __future__ import annotations

from collections.abc import Iterator

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.model import team_data
from stacks.settings.model.data_classes import DataClass
from stacks.settings.model.grants import Access
from stacks.settings.model.teams import Team


def check(draft: Draft) -> Iterator[Problem]:
    """Every such problem, told at the team."""
    for name, team in draft.teams.items():
        yield from _data(draft, name, team)
        yield from _claims(draft, name, team)
    yield from _torn(draft)


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
