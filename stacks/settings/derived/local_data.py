"""What follows from the data of a team where there is no cloud: what its pods may do, and the folders that they see."""

from __future__ import annotations

from collections.abc import Mapping

from stacks.settings.model.grants import Access
from stacks.settings.model.local import LocalBucket, LocalMount
from stacks.settings.model.teams import Team


def granted(teams: Mapping[str, Team], key: str, bucket: LocalBucket, team: str) -> Access | None:
    """What workloads of a team may do with a bucket, wherever it was said."""
    if (access := bucket.workloads.get(team)) is not None:
        return access
    terms = teams[team].data.get(key) if team in teams else None
    return None if terms is None else terms.access


def mounts(
    teams: Mapping[str, Team], buckets: Mapping[str, LocalBucket], listed: Mapping[str, LocalMount]
) -> dict[str, LocalMount]:
    """Every mount by its name, as `team_data.mounts` has them in a cloud: listed ones, and one per other bucket."""
    there = {(mount.team, mount.bucket) for mount in listed.values()}
    plain = {
        # Not validated: a key of the wrong shape is told where it stands.
        f"{key}.{name}": LocalMount.model_construct(team=name, bucket=key, read_only=terms.access is Access.READ)
        for name, team in teams.items()
        for key, terms in team.data.items()
        if terms.mount and key in buckets and (name, key) not in there
    }
    return {**listed, **plain}
