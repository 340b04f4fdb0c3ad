"""Tests of `components.secret`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.secret import RotationArgs, Secret, SecretArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs, named, protected
from tests.components.grants import CONDITION, GRANTS

DAY = 24 * 60 * 60
SECRET_ID = "vision-hub-token"
SECRET = SecretArgs(
    secret_id=SECRET_ID,
    project="ml-service",
    keys={"europe-west4": "projects/p/key", "europe-west1": None},
    destroy_days=7,
    rotation=None,
    grants={},
    labels={"team": "vision"},
)
ROTATION = RotationArgs(days=90, first="2027-01-01T00:00:00Z", topic="projects/ml-service/topics/secret-rotation")


def _graph(**changes: Any) -> Graph:
    return declare(lambda: Secret("secret-hub-token", dataclasses.replace(SECRET, **changes)))


def test_secret_has_no_version_and_is_protected_in_the_cloud_and_in_the_state() -> None:
    """A person adds versions, so no value is in the state."""
    graph = _graph()

    assert declared(graph) == {"secret-hub-token-secret": "gcp:secretmanager/secret:Secret"}
    assert inputs(graph, "secret-hub-token-secret")["deletionProtection"] is True
    assert protected(graph) == {"secret-hub-token-secret"}


def test_secret_is_replicated_to_its_regions_with_the_key_of_each() -> None:
    """Regions are sorted; a region without a key has a Google-managed one."""
    assert inputs(_graph(), "secret-hub-token-secret")["replication"] == {
        "userManaged": {
            "replicas": [
                {"location": "europe-west1"},
                {"location": "europe-west4", "customerManagedEncryption": {"kmsKeyName": "projects/p/key"}},
            ]
        }
    }


def test_secret_versions_can_be_restored_for_days_after_they_are_destroyed() -> None:
    """The delay is in seconds; without one a version is destroyed at once."""
    secret = inputs(_graph(), "secret-hub-token-secret")
    secret.pop("replication")

    assert secret == {
        "secretId": SECRET_ID,
        "project": "ml-service",
        "versionDestroyTtl": f"{7 * DAY}s",
        "labels": {"team": "vision"},
        "deletionProtection": True,
    }


def test_secret_with_rotation_sends_reminders_to_the_topic() -> None:
    """The period is in seconds."""
    secret = inputs(_graph(rotation=ROTATION), "secret-hub-token-secret")

    assert secret["rotation"] == {
        "rotationPeriod": f"{90 * DAY}s",
        "nextRotationTime": "2027-01-01T00:00:00Z",
    }
    assert secret["topics"] == [{"name": "projects/ml-service/topics/secret-rotation"}]


def test_secret_ignores_the_time_of_the_next_reminder() -> None:
    """Secret Manager updates it after each reminder."""
    assert named(_graph(), "secret-hub-token-secret").ignore_changes == ("rotation.nextRotationTime",)


def test_secret_grants_are_to_read_or_to_add_versions() -> None:
    """The role that adds versions cannot read them; an expiry is a condition."""
    graph = _graph(grants=GRANTS)

    assert inputs(graph, "secret-hub-token-group-analysts") == {
        "project": "ml-service",
        "secretId": SECRET_ID,
        "role": "roles/secretmanager.secretAccessor",
        "member": "group:analysts@example.com",
    }
    assert inputs(graph, "secret-hub-token-group-engineers")["role"] == "roles/secretmanager.secretVersionAdder"
    assert inputs(graph, "secret-hub-token-group-auditors")["condition"] == CONDITION
    assert depends_on(graph, "secret-hub-token-group-analysts") == {"secret-hub-token-secret"}
