"""Labels: who pays for a resource, who answers for it, what kind of data it holds."""

from __future__ import annotations

from stacks.settings import Settings
from stacks.settings.data import Bucket


def shared(settings: Settings) -> dict[str, str]:
    """Labels of what no team owns."""
    ownership = settings.ownership
    return _labels(settings, ownership.team, ownership.cost_center, ownership.owner)


def team(settings: Settings, name: str) -> dict[str, str]:
    """Labels of what a team owns."""
    entry = settings.teams[name]
    return _labels(settings, name, entry.cost_center, entry.owner)


def bucket(settings: Settings, entry: Bucket) -> dict[str, str]:
    """Labels of a bucket: those of its team, and its data class. What is not said is not guessed."""
    labels = {"environment": settings.environment} if entry.team is None else team(settings, entry.team)
    return labels if entry.data_class is None else {**labels, "data-class": entry.data_class.value}


def _labels(settings: Settings, team_name: str, cost_center: str, owner: str) -> dict[str, str]:
    return {"environment": settings.environment, "team": team_name, "cost-center": cost_center, "owner": owner}
