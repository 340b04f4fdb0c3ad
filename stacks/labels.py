"""Labels of resources: team, cost center, owner, environment and data class."""

from __future__ import annotations

from stacks.settings import Settings, Tenancy
from stacks.settings.model.buckets import Bucket
from stacks.settings.model.data_classes import DataClass


def shared(settings: Tenancy) -> dict[str, str]:
    """Labels of resources that belong to the platform."""
    ownership = settings.ownership
    return _labels(settings, ownership.team, ownership.cost_center, ownership.owner)


def team(settings: Tenancy, name: str) -> dict[str, str]:
    """Labels of the owning team."""
    entry = settings.teams[name]
    return _labels(settings, name, entry.cost_center, entry.owner)


def owned(settings: Settings, owner: str | None) -> dict[str, str]:
    """Labels of a resource whose owner is optional: without an owner, the environment only."""
    return {"environment": settings.environment} if owner is None else team(settings, owner)


def bucket(settings: Settings, entry: Bucket) -> dict[str, str]:
    """Labels of a bucket: its team and its data class."""
    labels = owned(settings, entry.team)
    return labels if entry.data_class is None else {**labels, "data-class": entry.data_class.value}


def data(settings: Settings, owner: str, kind: DataClass) -> dict[str, str]:
    """Labels of a team's data."""
    return {**team(settings, owner), "data-class": kind.value}


def _labels(settings: Tenancy, team_name: str, cost_center: str, owner: str) -> dict[str, str]:
    return {"environment": settings.environment, "team": team_name, "cost-center": cost_center, "owner": owner}
