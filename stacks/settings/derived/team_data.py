"""What follows from the data of a team: grants on its buckets, and the folders that they are mounted as.

A bucket owns its grants and a team says what it works on; here the two become one, for checks and for the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stacks.settings.model.buckets import Bucket
from stacks.settings.model.data_classes import DataClass
from stacks.settings.model.grants import Access, AccessTerms, DataTerms, People
from stacks.settings.model.mounts import Mount
from stacks.settings.model.teams import Membership, Team

Teams = Mapping[str, Team]
Buckets = Mapping[str, Bucket]

FOR_EVER: Final = "9999-12-31"  # later than any last day


def workloads(teams: Teams, key: str, bucket: Bucket) -> dict[str, AccessTerms]:
    """What workloads may do with a bucket, by team, wherever it was said."""
    return {**{name: team.data[key] for name, team in sorted(teams.items()) if key in team.data}, **bucket.workloads}


def people(teams: Teams, key: str, bucket: Bucket) -> dict[str, AccessTerms]:
    """What people may do with a bucket, by group, wherever it was said; of two grants the stronger one."""
    grants: dict[str, AccessTerms] = {}
    for name in sorted(teams):
        for group, terms in of_team(teams[name], key, bucket).items():
            grants[group] = max((grants.get(group, terms), terms), key=_strength)
    return {**grants, **bucket.groups}


def of_team(team: Team, key: str, bucket: Bucket) -> dict[str, AccessTerms]:
    """What the groups of one team may do with a bucket: sensitive data is for its workloads alone."""
    terms = team.data.get(key)
    if terms is None or terms.people is People.NONE or bucket.data_class is DataClass.SENSITIVE:
        return {}
    return {group: _for(membership, terms) for group, membership in sorted(team.members.items())}


def _for(membership: Membership, terms: DataTerms) -> AccessTerms:
    reads = membership is Membership.VIEWER or terms.people is People.READ
    return AccessTerms(access=Access.READ if reads else terms.access, until=terms.until, reason=terms.reason)


def _strength(terms: AccessTerms) -> tuple[bool, str]:
    return terms.access is Access.WRITE, terms.until or FOR_EVER


def mounts(teams: Teams, buckets: Buckets, tuned: Mapping[str, Mount]) -> dict[str, Mount]:
    """Every mount by its name: those that are tuned, and one for each other bucket that a team works on.

    Keys have no dots, so no name of the second kind, ``<bucket>.<team>``, is one of the first.
    """
    there = {(mount.team, mount.bucket) for mount in tuned.values()}
    plain = {
        # Not validated: a key of the wrong shape is told where it stands.
        f"{key}.{name}": Mount.model_construct(team=name, bucket=key, read_only=_only_reads(terms, buckets[key]))
        for name, team in teams.items()
        for key, terms in team.data.items()
        if terms.mount and key in buckets and (name, key) not in there
    }
    return {**tuned, **plain}


def claim(mount: str) -> str:
    """The claim that a mount is in its team's namespace: the key of the entry or, without one, of the bucket."""
    return mount.partition(".")[0]


def _only_reads(terms: DataTerms, bucket: Bucket) -> bool:
    """A mount writes a file by replacing its object, which retention forbids."""
    return terms.access is Access.READ or bucket.retention_days is not None
