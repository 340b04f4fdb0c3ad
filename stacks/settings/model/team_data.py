"""Access of teams to buckets, and the mounts that follow from it.

A bucket lists grants and a team lists the data that it uses: both are merged here, for checks and for the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from stacks.settings.model.buckets import Bucket
from stacks.settings.model.data_classes import DataClass
from stacks.settings.model.grants import Access, AccessTerms, DataTerms, People
from stacks.settings.model.mounts import Mount
from stacks.settings.model.teams import Membership, Team

Teams = Mapping[str, Team]
Buckets = Mapping[str, Bucket]

NO_END: Final = "9999-12-31"  # later than any last day of a grant


class TeamMount(Protocol):
    """What mounts of both kinds of stack have in common."""

    @property
    def team(self) -> str:
        """The team whose namespace has the mount."""

    @property
    def bucket(self) -> str:
        """The bucket that is mounted."""


def workloads(teams: Teams, key: str, bucket: Bucket) -> dict[str, AccessTerms]:
    """Access of workloads to a bucket by team, from the entries of the teams and of the bucket."""
    return {**{name: team.data[key] for name, team in sorted(teams.items()) if key in team.data}, **bucket.workloads}


def people(teams: Teams, key: str, bucket: Bucket) -> dict[str, AccessTerms]:
    """Access of people to a bucket by group, from both entries; of two grants to a group the stronger one."""
    grants: dict[str, AccessTerms] = {}
    for name in sorted(teams):
        for group, terms in of_team(teams[name], key, bucket).items():
            grants[group] = max((grants.get(group, terms), terms), key=_strength)
    return {**grants, **bucket.groups}


def of_team(team: Team, key: str, bucket: Bucket) -> dict[str, AccessTerms]:
    """Access of one team's groups to a bucket; none to sensitive data, which only workloads read."""
    terms = team.data.get(key)
    if terms is None or terms.people is People.NONE or bucket.data_class is DataClass.SENSITIVE:
        return {}
    return {group: _for(membership, terms) for group, membership in sorted(team.members.items())}


def _for(membership: Membership, terms: DataTerms) -> AccessTerms:
    reads = membership is Membership.VIEWER or terms.people is People.READ
    return AccessTerms(access=Access.READ if reads else terms.access, until=terms.until, reason=terms.reason)


def _strength(terms: AccessTerms) -> tuple[bool, str]:
    return terms.access is Access.WRITE, terms.until or NO_END


def mounts(teams: Teams, buckets: Buckets, listed: Mapping[str, Mount]) -> dict[str, Mount]:
    """Every mount of a cloud stack by name: those of the section `mounts`, and one for each other bucket of a team."""
    return {
        **listed,
        **{
            # Not validated: an invalid key is reported for its own entry.
            name: Mount.model_construct(team=team, bucket=key, read_only=_only_reads(terms, buckets[key]))
            for name, team, key, terms in unlisted(teams, buckets, listed)
        },
    }


def unlisted(
    teams: Teams, buckets: Mapping[str, object], listed: Mapping[str, TeamMount]
) -> Iterator[tuple[str, str, str, DataTerms]]:
    """Mounts without an entry in the section `mounts`: name, team, bucket and access.

    The name is ``<bucket>.<team>``. Keys contain no dots, so it never equals the key of an entry.
    """
    pairs = {(mount.team, mount.bucket) for mount in listed.values()}
    for name, team in teams.items():
        for key, terms in team.data.items():
            if terms.mount and key in buckets and (name, key) not in pairs:
                yield f"{key}.{name}", name, key, terms


def claim(mount: str) -> str:
    """The name of a mount's claim in its team's namespace: the key of the entry or, without one, of the bucket."""
    return mount.partition(".")[0]


def _only_reads(terms: DataTerms, bucket: Bucket) -> bool:
    """Whether a mount is read-only: writing to a file replaces its object, which retention forbids."""
    return terms.access is Access.READ or bucket.retention_days is not None
