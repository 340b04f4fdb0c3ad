"""Tests of `components.team_notes`."""

from __future__ import annotations

from components.team_notes import TeamNotes, TeamNotesArgs
from tests.components.in_cluster import LABELS, in_cluster


def test_team_notes_are_a_config_map_of_the_namespace() -> None:
    """People and scripts read ``team`` in their namespace."""
    entries = {"queue": "default", "buckets": "acme-raw"}
    notes = in_cluster(TeamNotes, TeamNotesArgs("vision", entries, LABELS))

    assert notes.roles == {"configmap"}
    assert notes.kind("configmap") == ("v1", "ConfigMap")
    assert notes.metadata("configmap") == {"name": "team", "namespace": "vision", "labels": LABELS}
    assert notes.inputs("configmap")["data"] == entries
