"""The rule `regions`."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules.regions import LOCATIONS, RULE
from tests.policy.asking import ask

ALLOWED = ["europe-west4", "eu"]


def _messages(inputs: dict[str, Any], kind: str = "gcp:storage/bucket:Bucket", **parameters: Any) -> list[str]:
    return ask(RULE, Node("urn:a", kind, "a", inputs), **{"allowed": ALLOWED, **parameters})


def test_inputs_with_a_location() -> None:
    """These inputs of the provider are checked."""
    assert sorted(LOCATIONS) == [
        "allowedPersistenceRegions", "dataLocations", "location", "locations", "nodeLocations", "region", "zone",
        "zones",
    ]  # fmt: skip


@pytest.mark.parametrize("key", sorted(LOCATIONS))
@pytest.mark.parametrize("nested", [False, True])
def test_each_input_is_checked(key: str, *, nested: bool) -> None:
    """A location that is not allowed is one violation, also in a list and at any depth."""
    path = f"policy.{key}" if nested else key

    def inputs(value: Any) -> dict[str, Any]:
        return {"policy": [{key: value}]} if nested else {key: value}

    assert _messages(inputs("europe-west4")) == []
    assert _messages(inputs(["europe-west4", "europe-west4-a"])) == []
    for value in ("us-east1", ["europe-west4", "us-east1"]):
        (message,) = _messages(inputs(value))
        assert message == (
            f"a: {path} is us-east1, which is not allowed: use one of europe-west4, eu, or add it to "
            "regions.parameters.allowed in policy/policies.yaml"
        )


def test_messages_of_a_topic_are_stored_in_allowed_regions() -> None:
    """Pub/Sub may store messages in the regions of `allowedPersistenceRegions`."""
    kind = "gcp:pubsub/topic:Topic"
    policy = {"messageStoragePolicy": {"allowedPersistenceRegions": ["europe-west4", "us-east1"]}}
    (message,) = _messages(policy, kind)

    assert "messageStoragePolicy.allowedPersistenceRegions is us-east1" in message


@pytest.mark.parametrize(
    ("location", "violations"),
    [
        ("europe-west4", 0), ("europe-west4-a", 0), ("EU", 0), ("global", 0), ("GLOBAL", 0),
        ("europe-west1", 1), ("europe-west4-a-b", 0), ("europe", 1), ("eu-west4", 1), ("us", 1),
        (Placeholder.UNKNOWN, 1), (Placeholder.SECRET, 1), (None, 0), (1, 0),
    ],
)  # fmt: skip
def test_location_is_compared_by_region(location: Any, violations: int) -> None:
    """A zone is in its region, case does not matter, and an unknown location is a violation."""
    messages = _messages({"location": location})

    assert len(messages) == violations
    if isinstance(location, Placeholder):
        assert messages == ["a: location is unknown until pulumi up: write the location as text"]


def test_allowed_regions_are_patterns() -> None:
    """A star matches any text."""
    assert _messages({"location": "europe-north1"}, allowed=["europe-*"]) == []
    assert len(_messages({"location": "us-east1"}, allowed=["europe-*"])) == 1


def test_stack_without_regions_has_only_global_resources() -> None:
    """Without allowed regions every region is a violation."""
    assert _messages({"location": "global"}, allowed=[]) == []
    (message,) = _messages({"location": "europe-west4"}, allowed=[])
    assert message.endswith("which is not allowed: add it to regions.parameters.allowed in policy/policies.yaml")


@pytest.mark.parametrize(
    ("kind", "violations"),
    [
        ("gcp:compute/disk:Disk", 1),
        ("pulumi:providers:gcp", 1),
        ("kubernetes:core/v1:ConfigMap", 0),
        ("pulumi:providers:kubernetes", 0),
    ],
)
def test_resources_and_providers_of_google_are_checked(kind: str, violations: int) -> None:
    """Objects of Kubernetes have no location."""
    assert len(_messages({"region": "us-east1"}, kind)) == violations
